// How the daemon stands, for probes: alive while it answers at all, ready while every ledger takes appends.
import type { LedgerStat } from '../engine/ports.ts'
import type { Metrics } from './metrics.ts'

export type Phase = 'starting' | 'serving' | 'draining'

export interface Readiness {
  readonly isReady: boolean
  readonly phase: Phase
  readonly stopped: readonly { readonly ledger: string; readonly reason: string }[]
}

/** Owned by main; transport reads it. */
export class Health {
  /** Set by main as the daemon goes through its life, read by every probe. */
  phase: Phase = 'starting'
  readonly #stopped: () => readonly LedgerStat[]

  constructor(stopped: () => readonly LedgerStat[], metrics: Metrics) {
    this.#stopped = stopped
    metrics.gauge('ledgers_stopped', () => stopped().length)
  }

  /** What `/readyz` says: one stopped ledger makes it red, because someone must look (PROTOCOL.md §6). */
  readiness(): Readiness {
    const stopped = this.#stopped().map((stat) => ({ ledger: stat.ledger, reason: stat.reason ?? 'unknown' }))
    return { isReady: this.phase === 'serving' && stopped.length === 0, phase: this.phase, stopped }
  }
}
