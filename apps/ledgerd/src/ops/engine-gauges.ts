// What an operator watches of engine and disk: what waits, what is open, what room is left, and the limits to compare with.
import type { Limits } from '../config.ts'
import type { EngineLoad } from '../engine/ports.ts'
import type { Metrics } from './metrics.ts'

export interface EngineGauges {
  readonly load: () => EngineLoad
  /** Ledgers with files and locks. */
  readonly heldCount: () => number
  readonly limits: Limits
  /** Throws the file system's errors. */
  readonly freeBytes: () => number
  readonly metrics: Metrics
}

/** Registers the gauges; from then on they are read whenever the metrics page is. */
export function watchEngine({ load, heldCount, limits, freeBytes, metrics }: EngineGauges): void {
  metrics.gauge('queue_bytes', () => load().queuedBytes)
  metrics.gauge('ledgers_open', heldCount)
  metrics.gauge('ledgers_opening', () => load().openingLedgers)
  metrics.gauge('disk_free_bytes', () => {
    try {
      return freeBytes()
    } catch {
      // The folder is gone or unreadable: the alarm for a full disk is the right one, and the other figures stay readable.
      return 0
    }
  })
  const samples = Object.entries(limits).map(([limit, value]) => ({ labels: { limit }, value: value as number }))
  metrics.labelledGauge('limit', () => samples)
}
