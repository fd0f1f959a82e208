// The moment a ledger stops, as its operator meets it: one line in the log, and a count.
import { stopFactsOf } from '../engine/stop.ts'
import type { StopSignal } from '../storage/stop-signal.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'

/** What the engine calls when a ledger stops. */
export function stopReporter(log: Log, metrics: Metrics): (ledger: string, stop: StopSignal) => void {
  return (ledger, stop) => {
    metrics.count('ledger_stops')
    log.error('ledger stopped', { ledger, reason: stop.reason, ...stopFactsOf(stop) })
  }
}
