// What a request is told whose ledger could not be opened, and what the log says of it.
import { LedgerError } from '@ledgerd/schema/errors'
import { isShortOfResources, isSystemError, StopSignal, stopOf } from '../storage/stop-signal.ts'
import { stoppedError } from './stop.ts'

/** The refusal for an error of the file system, outcome absent: nothing was written. Anything else is a defect and stays one. */
export function refusalToOpen(ledger: string, error: unknown, nowMs: () => number): unknown {
  if (error instanceof LedgerError) return error
  if (!isSystemError(error) && !(error instanceof StopSignal)) return error
  if (isShortOfResources(error)) {
    const sentence = `${ledger} cannot be opened now: ${error.message}; raise the limit of the daemon (ulimit -n, LimitNOFILE)`
    const details = { reason: 'out-of-resources' }
    return new LedgerError('BUSY', sentence, { outcome: 'absent', retryAfterMs: 1000, details, cause: error })
  }
  const stop = stopOf('opening-failed', error)
  stop.sinceMs ??= nowMs()
  return stoppedError(ledger, stop, 'absent')
}
