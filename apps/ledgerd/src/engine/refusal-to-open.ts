// What a request is told whose ledger could not be opened, and what the log says of it.
import { LedgerError } from '@ledgerd/schema/errors'
import { outOfResources } from '../storage/out-of-resources.ts'
import { isShortOfResources, isSystemError, StopSignal, stopOf } from '../storage/stop-signal.ts'
import { stoppedError } from './stop.ts'

/** The refusal for an error of the file system, outcome absent: nothing was written. Anything else is a defect and stays one. */
export function refusalToOpen(ledger: string, error: unknown, nowMs: () => number): unknown {
  if (error instanceof LedgerError) return error
  if (!isSystemError(error) && !(error instanceof StopSignal)) return error
  if (isShortOfResources(error)) return outOfResources(`${ledger} cannot be opened`, error)
  const stop = stopOf('opening-failed', error)
  stop.sinceMs ??= nowMs()
  return stoppedError(ledger, stop, 'absent')
}

/** The same for the first append to an opened ledger, which repairs its tail: what lasts stops it, what may pass does not. */
export function refusalToBegin(
  error: unknown,
  { ledger, nowMs }: { readonly ledger: string; readonly nowMs: () => number },
  stopLedger: (stop: StopSignal) => void,
): unknown {
  const isLasting = error instanceof StopSignal || (isSystemError(error) && !isShortOfResources(error))
  if (!isLasting) return refusalToOpen(ledger, error, nowMs)
  const stop = stopOf('opening-failed', error)
  stopLedger(stop)
  return stoppedError(ledger, stop, 'absent')
}
