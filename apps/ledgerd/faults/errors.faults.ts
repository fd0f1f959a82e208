// Suites B, F and G on a disk in memory: every call with every error, a disk that fills at every byte, a bit at every byte.
import './memory-doors.ts'
import { it } from 'vitest'
import { atGate } from '../test/gate.ts'
import { seeded, seedOfRun } from '../test/seeded.ts'
import { runDamageSuite } from './damage-suite.ts'
import { runDiskFullSuite } from './disk-full-suite.ts'
import { runErrnoSuite } from './errno-suite.ts'
import { handIn } from './suite-report.ts'
import { runTheftSuite } from './theft-suite.ts'

const seed = seedOfRun('errors')

it('B errors, simulated', async () => {
  handIn(await runErrnoSuite({ errnosPerCall: Math.min(9, atGate({ faults: 9, long: 9 })), sticky: 'both', seed }))
})

it('F disk full, simulated', async () => {
  handIn(await runDiskFullSuite({ everyBytes: 1, seed }))
})

it('G damage', async () => {
  handIn(
    await runDamageSuite({
      everyBytes: 1,
      sectors: atGate({ faults: 2_500, long: 25_000 }),
      seed,
      random: seeded(seed),
    }),
  )
})

it('H thefts, in memory', async () => {
  handIn(await runTheftSuite(seed))
})
