// The refusal of a cursor that lies beyond the end of its ledger, and of one where the end is not known.
import { LedgerError } from '@ledgerd/schema/errors'
import type { StopSignal } from '../storage/stop-signal.ts'
import { closedForNow } from './closed-for-now.ts'
import { stoppedError } from './stop.ts'

/** CURSOR_AHEAD: somebody has seen more lines than there are. */
export function cursorAhead(cursor: number, size: number): LedgerError {
  return new LedgerError('CURSOR_AHEAD', `the cursor is ${cursor}, the ledger ends at ${size}: it may have been cut`, {
    details: { cursor, size },
  })
}

/** BUSY while it is being found out, LEDGER_STOPPED when it could not be: a reader who has seen more lines has seen right. */
export function endUnknown(ledger: string, stop: StopSignal | undefined): LedgerError {
  return stop === undefined ? closedForNow(ledger) : stoppedError(ledger, stop, 'absent')
}
