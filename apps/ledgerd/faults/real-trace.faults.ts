// Suite A on the real daemon's own system calls: 20,000 crash states of two runs that strace recorded, one with each way to
// sync twice.
import './memory-doors.ts'
import type { Violation } from '@ledgerd/testkit'
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
  const counts = { calls: 0, events: 0, receipts: 0, points: 0, states: 0, recoveries: 0, tornTails: 0, doubts: 0 }
  const violations: Violation[] = []
  let told = 0
  const statesMax = atGate({ faults: 20_000, long: 200_000 })
  for (const secondSync of ['head', 'same'] as const) {
    const run = await realRun(4, {}, secondSync)
    const found = await exploreRun(run, run.sent, fine(seeded(seed)), statesMax / 2)
    counts.calls += run.calls
    counts.events += run.events.length
    told += run.events.filter(({ kind }) => kind === 'receipt').length
    counts.receipts += run.receipts
    counts.points += found.points
    counts.states += found.states
    counts.recoveries += found.recoveries
    counts.tornTails += found.tornTails
    counts.doubts += found.doubts
    violations.push(...found.violations)
  }
  handIn({
    suite,
    counts,
    violations,
    guards: [
      { name: 'receipts in the trace', value: told, min: counts.receipts },
      { name: 'receipts', value: counts.receipts, min: 16 },
      { name: 'states', value: counts.states, min: Math.min(5_000, statesMax) },
    ],
    seed,
    notRun: [],
  })
})
