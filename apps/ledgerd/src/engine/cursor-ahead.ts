// The refusal of a cursor that lies beyond the end of its ledger.
import { LedgerError } from '@ledgerd/schema/errors'

/** CURSOR_AHEAD: somebody has seen more lines than there are. */
export function cursorAhead(cursor: number, size: number): LedgerError {
  return new LedgerError('CURSOR_AHEAD', `the cursor is ${cursor}, the ledger ends at ${size}: it may have been cut`, {
    details: { cursor, size },
  })
}
