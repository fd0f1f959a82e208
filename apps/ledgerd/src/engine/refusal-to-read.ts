// What a request is told that needs lines which cannot be read now: a reader, and an append whose drafts have to be
// compared with earlier lines.
import { LedgerError } from '@ledgerd/schema/errors'
import { outOfResources } from '../storage/out-of-resources.ts'
import { isShortOfResources, isSystemError } from '../storage/stop-signal.ts'

/**
 * BUSY for what a disk or the system refuses, since the next try may go well; all else is a defect: INTERNAL. `lines` names
 * what was to be read.
 */
export function refusalToRead(lines: string, error: unknown): LedgerError {
  const what = `${lines} cannot be read`
  if (!isSystemError(error)) return new LedgerError('INTERNAL', what, { cause: error, outcome: 'absent' })
  if (isShortOfResources(error)) return outOfResources(what, error)
  const sentence = `${what} now: ${error.message}; if it lasts, see the disk: ledgerd doctor DIR`
  const details = { reason: 'read-failed' }
  return new LedgerError('BUSY', sentence, { outcome: 'absent', retryAfterMs: 1000, details, cause: error })
}
