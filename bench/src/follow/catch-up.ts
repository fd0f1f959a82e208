// How fast one follower reads what is stored, as it lies there and as typed events.
import type { EventForm } from '../follow-system.ts'
import type { RunContext } from '../run-context.ts'
import { type Follower, type Source, startFollower } from './source.ts'

export interface CatchUp {
  readonly system: string
  readonly form: EventForm
  /** Events per second, round by round. */
  readonly rates: readonly number[]
}

const rounds = { full: 5, quick: 2 }

/** One follower process per system stays for all rounds; the first round warms its compilers and is not kept. */
export async function measureCatchUp(context: RunContext, sources: readonly Source[]): Promise<CatchUp[]> {
  const roundCount = rounds[context.options.isQuick ? 'quick' : 'full']
  const runs: { follower: Follower; system: string; form: EventForm; rates: number[] }[] = []
  for (const source of sources) {
    const follower = await startFollower(source)
    for (const form of ['raw', 'typed'] as const) runs.push({ follower, system: source.system, form, rates: [] })
  }
  for (let round = 0; round <= roundCount; round++) {
    context.say(`catch-up, ${round === 0 ? 'warm-up' : `round ${round} of ${roundCount}`}`)
    for (const { follower, form, rates } of runs) {
      const { events, elapsedMs } = await follower.ask({ kind: 'catch-up', form })
      if (round > 0) rates.push((events * 1000) / elapsedMs)
    }
  }
  for (const follower of new Set(runs.map((run) => run.follower))) await follower.stop()
  return runs.map(({ system, form, rates }) => ({ system, form, rates }))
}
