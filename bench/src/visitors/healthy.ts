// The client that others must not hurt: a game server that appends some two hundred events a second, one after the other.
import { connect } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import { benchLedger } from '../contenders/ledgerd.ts'
import { LatencyHistogram } from '../latency-histogram.ts'
import type { VisitorOptions } from './visitor.ts'

const everyMs = 5

export interface Waited {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly appends: number
}

export interface Healthy {
  /** Appends for so long, and says how long each waited for its receipt. */
  measure(windowMs: number): Promise<Waited>
  close(): Promise<void>
}

export function openHealthy({ url, nextEvent }: VisitorOptions): Healthy {
  const world = connect({ url, ledger: benchLedger, schema: worldEvents, deadlineMs: 60_000 })
  return {
    measure: async (windowMs) => {
      const latencies = new LatencyHistogram()
      let appends = 0
      const until = performance.now() + windowMs
      for (let due = performance.now(); due < until; due += everyMs) {
        const waitMs = due - performance.now()
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
        const { type, data, link, meta } = nextEvent()
        const began = performance.now()
        await world.append(type, data, { link, meta })
        latencies.add(performance.now() - began)
        appends++
        // Whoever was held up does not catch up in a burst.
        if (performance.now() > due + everyMs) due = performance.now()
      }
      return { p50Ms: latencies.quantile(0.5), p99Ms: latencies.quantile(0.99), appends }
    },
    close: () => world.close(),
  }
}
