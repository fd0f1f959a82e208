// What an append is told whose drafts have to be compared with earlier lines that cannot be read now.
import { LedgerError } from '@ledgerd/schema/errors'
import { outOfResources } from '../storage/out-of-resources.ts'
import { isShortOfResources, isSystemError } from '../storage/stop-signal.ts'

/** BUSY for what a disk or the system refuses, since the next try may go well; all else is a defect: INTERNAL. */
export function refusalToRead(ledger: string, error: unknown): LedgerError {
  const what = `earlier lines of ${ledger} cannot be read`
  if (!isSystemError(error)) return new LedgerError('INTERNAL', what, { cause: error, outcome: 'absent' })
  if (isShortOfResources(error)) return outOfResources(what, error)
  const sentence = `${what} now: ${error.message}; if it lasts, see the disk: ledgerd doctor DIR`
  const details = { reason: 'read-failed' }
  return new LedgerError('BUSY', sentence, { outcome: 'absent', retryAfterMs: 1000, details, cause: error })
}
