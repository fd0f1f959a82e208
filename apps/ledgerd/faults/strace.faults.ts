// Suite B on the real daemon: 300 errors and kills by strace.
import { it } from 'vitest'
import { atGate } from '../test/gate.ts'
import { seeded, seedOfRun } from '../test/seeded.ts'
import { isStraceInstalled } from './strace-attach.ts'
import { runStraceSuite } from './strace-suite.ts'
import { handIn, notRun } from './suite-report.ts'

const seed = seedOfRun('strace')

it('B errors, by strace', async () => {
  if (!isStraceInstalled) return handIn(notRun('B errors, by strace', 'strace is not installed', seed))
  handIn(await runStraceSuite({ strikes: atGate({ faults: 300, long: 1500 }), seed, random: seeded(seed) }))
})
