// How the daemon stands, for probes and alerts: alive while it answers at all, ready while every ledger takes appends. A
// ledger that stopped is named with why, since when and what to do.
import type { LedgerStat } from '../engine/ports.ts'
import { stopReasons } from '../engine/stop-remedy.ts'
import type { GaugeSample, Metrics } from './metrics.ts'

export type Phase = 'starting' | 'serving' | 'draining'

export interface StoppedLedger {
  readonly ledger: string
  readonly reason: string
  /** RFC 3339. */
  readonly since?: string
  readonly remedy?: string
}

export interface Readiness {
  readonly isReady: boolean
  readonly phase: Phase
  readonly stopped: readonly StoppedLedger[]
}

/** Series of single ledgers on the metrics page; beyond it they are only counted by reason. */
const namedLedgersMax = 100

/** Owned by main; transport reads it. */
export class Health {
  /** Set by main as the daemon goes through its life, read by every probe. */
  phase: Phase = 'starting'
  readonly #stopped: () => readonly LedgerStat[]

  constructor(stopped: () => readonly LedgerStat[], metrics: Metrics) {
    this.#stopped = stopped
    metrics.gauge('ready', () => (this.readiness().isReady ? 1 : 0))
    metrics.labelledGauge('ledgers_stopped', () => stoppedByReason(stopped()))
    metrics.labelledGauge('ledger_stopped_timestamp_seconds', () => stoppedSince(stopped()))
  }

  /** What `/readyz` says: one stopped ledger makes it red, because someone must look (PROTOCOL.md §6). */
  readiness(): Readiness {
    const stopped = this.#stopped().map(({ ledger, reason = 'unknown', stop }) => {
      return { ledger, reason, ...(stop === undefined ? {} : { since: stop.since, remedy: stop.remedy }) }
    })
    return { isReady: this.phase === 'serving' && stopped.length === 0, phase: this.phase, stopped }
  }
}

/** Reasons without a ledger are shown as zero, so that an alert can be written before the first stop. */
function stoppedByReason(stopped: readonly LedgerStat[]): readonly GaugeSample[] {
  return stopReasons.map((reason) => {
    return { labels: { reason }, value: stopped.filter((stat) => stat.reason === reason).length }
  })
}

function stoppedSince(stopped: readonly LedgerStat[]): readonly GaugeSample[] {
  return stopped
    .toSorted((a, b) => (a.ledger < b.ledger ? -1 : 1))
    .slice(0, namedLedgersMax)
    .flatMap(({ ledger, reason = 'unknown', stop }) =>
      stop === undefined
        ? []
        : [{ labels: { ledger, reason, remedy: stop.remedy }, value: Date.parse(stop.since) / 1000 }],
    )
}
