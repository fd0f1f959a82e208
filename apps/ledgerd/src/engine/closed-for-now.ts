// The refusal while a ledger is closed: to make room, or between two tries to open it.
import { LedgerError } from '@ledgerd/schema/errors'

/** BUSY: nothing is wrong, and asking again opens it. */
export function closedForNow(ledger: string): LedgerError {
  return new LedgerError('BUSY', `${ledger} is closed just now; ask again`, { retryAfterMs: 100 })
}
