// The ways into the append path that suite B fails call by call: a ledger is made, appended to inline and as in the pool,
// opened again, and repaired after a crash.
import type { FolderImage } from '@ledgerd/testkit'
import type { SecondSync } from '../src/config.ts'
import { cutAt, groupWrites, hall, yard } from './crash-runs.ts'
import { recordRun, type Step } from './record-run.ts'

export interface ErrnoScenario {
  readonly name: string
  readonly image: FolderImage
  readonly evidence: Awaited<ReturnType<typeof recordRun>>['evidence']
  readonly sent: ReadonlySet<string>
  /** Appended to the hall before anything fails, so that it is open by then; undefined leaves it closed. */
  readonly warmUp: number | undefined
  readonly inlineBytesMax: number
  readonly secondSync: SecondSync
}

/** All scenarios, each with another ledger beside the one that is hit. */
export async function errnoScenarios(): Promise<ErrnoScenario[]> {
  const other: Step = [{ ledger: yard, from: 500, to: 501 }]
  const both: readonly Step[] = [other, [{ ledger: hall, from: 0, to: 2 }], [{ ledger: hall, from: 2, to: 4 }]]
  const without = await recordRun([other, 'close'], undefined)
  const closed = await recordRun([...both, 'close'], undefined)
  const running = await recordRun(both, undefined)
  const last = groupWrites(running).at(-1)?.at ?? 0
  const torn = cutAt(running, last, 0.8)
  const [fresh, known] = [without, closed].map(({ end, evidenceAtEnd, sent }) => ({
    image: end,
    evidence: evidenceAtEnd,
    sent,
  }))
  const inline = { warmUp: undefined, inlineBytesMax: 1 << 20, secondSync: 'head' as const }
  const same = { secondSync: 'same' as const }
  const trailing = await recordRun(both, undefined, same)
  const tornTrailing = cutAt(trailing, groupWrites(trailing).at(-1)?.at ?? 0, 0.8)
  return [
    { name: 'make', ...(fresh as typeof torn), ...inline },
    { name: 'append', ...(known as typeof torn), ...inline, warmUp: 10 },
    { name: 'append in the pool', ...(known as typeof torn), ...inline, warmUp: 10, inlineBytesMax: 0 },
    { name: 'open', ...(known as typeof torn), ...inline },
    { name: 'repair', ...torn, ...inline },
    { name: 'append, the same file again', ...(known as typeof torn), ...inline, ...same, warmUp: 10 },
    {
      name: 'append in the pool, the same file again',
      ...(known as typeof torn),
      ...same,
      warmUp: 10,
      inlineBytesMax: 0,
    },
    { name: 'repair above a head record that trails', ...tornTrailing, ...inline, ...same },
  ]
}
