// Followers: how fast one catches up with a long ledger, how much many receive while it grows, and what stuck ones cost.
import { type CatchUp, measureCatchUp } from './follow/catch-up.ts'
import { type FanOut, measureFanOut } from './follow/fan-out.ts'
import { openLedgerd, openRedis } from './follow/source.ts'
import { measureStuck, type Stuck } from './follow/stuck.ts'
import type { RunContext } from './run-context.ts'

export interface FollowReport {
  readonly lines: number
  readonly catchUp: readonly CatchUp[]
  readonly fanOut: readonly FanOut[]
  readonly stuck: Stuck | undefined
}

const lineCounts = { full: 400_000, quick: 60_000 }

export async function measureFollow(context: RunContext): Promise<FollowReport> {
  const lines = lineCounts[context.options.isQuick ? 'quick' : 'full']
  const ledgerd = await openLedgerd(context, lines)
  const redis = await openRedis(context, lines)
  const sources = redis === undefined ? [ledgerd] : [ledgerd, redis]
  try {
    const catchUp = await measureCatchUp(context, sources)
    const fanOut = await measureFanOut(context, sources)
    const stuck = ledgerd.daemon && (await measureStuck(context, ledgerd, ledgerd.daemon))
    return { lines, catchUp, fanOut, stuck }
  } finally {
    for (const source of sources) await source.stop()
  }
}
