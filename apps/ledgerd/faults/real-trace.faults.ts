// Suite A on the real daemon's own system calls: 20,000 crash states of a run that strace recorded.
import './memory-doors.ts'
import { it } from 'vitest'
import { atGate } from '../test/gate.ts'
import { seeded, seedOfRun } from '../test/seeded.ts'
import { exploreRun, fine } from './crash-suite.ts'
import { realRun } from './real-run.ts'
import { isStraceInstalled } from './strace-attach.ts'
import { handIn, notRun } from './suite-report.ts'

const suite = 'A crash states, real daemon'

it(suite, async () => {
  const seed = seedOfRun(suite)
  if (!isStraceInstalled) return handIn(notRun(suite, 'strace is not installed', seed))
  const run = await realRun(4)
  const told = run.events.filter(({ kind }) => kind === 'receipt').length
  const found = await exploreRun(run, run.sent, fine(seeded(seed)), atGate({ faults: 20_000, long: 200_000 }))
  const { violations, points, states, recoveries, tornTails } = found
  handIn({
    suite,
    counts: { calls: run.calls, events: run.events.length, receipts: told, points, states, recoveries, tornTails },
    violations,
    guards: [
      { name: 'receipts in the trace', value: told, min: run.receipts },
      { name: 'receipts', value: run.receipts, min: 8 },
      { name: 'states', value: states, min: Math.min(5_000, atGate({ faults: 20_000, long: 200_000 })) },
    ],
    seed,
    notRun: [],
  })
})
