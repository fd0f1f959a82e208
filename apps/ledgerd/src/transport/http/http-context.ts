// What the HTTP routes work with.
import type { Access } from '../../auth/access.ts'
import type { Limits } from '../../config.ts'
import type { Engine } from '../../engine/ports.ts'
import type { Health } from '../../ops/health.ts'
import type { Log } from '../../ops/log.ts'
import type { Metrics } from '../../ops/metrics.ts'
import type { Timers } from '../../ops/timers.ts'
import type { MetricsPage } from '../../ops/prometheus.ts'
import type { Turnstile } from '../turnstile.ts'

export interface HttpContext {
  readonly engine: Engine
  readonly limits: Limits
  readonly access: Access
  readonly health: Health
  readonly log: Log
  readonly timers: Timers
  readonly metrics: Metrics
  readonly page: MetricsPage
  readonly turnstile: Turnstile
  readonly makeEventId: () => string
  readonly deriveEventId: (ledger: string, key: string) => string
  /** Aborted when the daemon drains: live reads end. */
  readonly draining: AbortSignal
}
