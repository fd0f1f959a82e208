// How much many followers receive while the ledger grows under load.
import { setTimeout as delay } from 'node:timers/promises'
import type { RunContext } from '../run-context.ts'
import { type Source, startFollower, startLoad } from './source.ts'

export interface FanOut {
  readonly system: string
  readonly followers: number
  /** Per second over all followers, round by round. */
  readonly deliveredRates: readonly number[]
  readonly appendRates: readonly number[]
}

const paces = { full: { rounds: 3, windowMs: 2000 }, quick: { rounds: 2, windowMs: 600 } }
const followerCounts = [10, 100]
const appendsInFlight = 64

export async function measureFanOut(context: RunContext, sources: readonly Source[]): Promise<FanOut[]> {
  const { rounds } = paces[context.options.isQuick ? 'quick' : 'full']
  const results: FanOut[] = []
  for (const followers of followerCounts) {
    const runs = sources.map((source) => ({ source, deliveredRates: [] as number[], appendRates: [] as number[] }))
    for (let round = 1; round <= rounds; round++) {
      for (const { source, deliveredRates, appendRates } of runs) {
        context.say(`${followers} followers of ${source.system}, round ${round} of ${rounds}`)
        const { delivered, appended } = await runWindow(context, source, followers)
        deliveredRates.push(delivered)
        appendRates.push(appended)
      }
    }
    results.push(...runs.map(({ source, ...rates }) => ({ system: source.system, followers, ...rates })))
  }
  return results
}

/** Appends warm up for half a window, then both sides count over the same one. */
async function runWindow(
  context: RunContext,
  source: Source,
  followers: number,
): Promise<{ delivered: number; appended: number }> {
  const { windowMs } = paces[context.options.isQuick ? 'quick' : 'full']
  const load = await startLoad(context, source)
  const follower = await startFollower(source)
  await follower.ask({ kind: 'follow-live', followers })
  const appending = load.ask({ callers: appendsInFlight, batch: 1, warmUpMs: windowMs / 2, windowMs })
  await delay(windowMs / 2)
  const { events, elapsedMs } = await follower.ask({ kind: 'count', windowMs })
  const appended = (await appending).eventsPerSecond
  await load.stop()
  await follower.stop()
  return { delivered: (events * 1000) / elapsedMs, appended }
}
