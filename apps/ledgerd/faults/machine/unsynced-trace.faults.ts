// The proof that suite A on the real daemon's system calls can fail: of a daemon whose syncs do nothing, crash states must lose
// acknowledged lines.
import '../memory-doors.ts'
import { it } from 'vitest'
import { seeded, seedOfRun } from '../../test/seeded.ts'
import { exploreRun, fine } from '../crash-suite.ts'
import { realRun } from '../real-run.ts'
import { isStraceInstalled } from '../strace-attach.ts'
import { handIn, notRun } from '../suite-report.ts'
import { missing } from './machine-needs.ts'
import { shimmed } from './native.ts'

const suite = 'S crash states without syncs'
const states = 2000

it(suite, async () => {
  const seed = seedOfRun(suite)
  const reason = isStraceInstalled ? missing('program cc') : 'strace is not installed'
  if (reason !== undefined) return handIn(notRun(suite, reason, seed))
  const run = await realRun(4, shimmed({ isSyncing: false }))
  const explored = await exploreRun(run, run.sent, fine(seeded(seed)), states)
  const counts = { receipts: run.receipts, states: explored.states, found: explored.violations.length }
  const guards = [
    { name: 'receipts', value: run.receipts, min: 8 },
    { name: 'violations found', value: counts.found, min: 1 },
  ]
  handIn({ suite, counts, violations: [], guards, seed, notRun: [] })
})
