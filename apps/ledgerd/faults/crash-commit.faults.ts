// Suite A, half of it: 500,000 crash states of the commit path.
import './memory-doors.ts'
import { it } from 'vitest'
import { atGate } from '../test/gate.ts'
import { seeded, seedOfRun } from '../test/seeded.ts'
import { runCrashSuite } from './crash-suite.ts'
import { handIn } from './suite-report.ts'

const states = atGate({ faults: 500_000, long: 5_000_000 })

it('A crash states, commit', { timeout: 600_000 + states * 20 }, async () => {
  const seed = seedOfRun('crash states, commit')
  handIn(
    await runCrashSuite({
      about: 'commit',
      states,
      seed,
      random: seeded(seed),
    }),
  )
})
