// Suite H on real processes.
import { it } from 'vitest'
import { atGate } from '../../test/gate.ts'
import { seeded, seedOfRun } from '../../test/seeded.ts'
import { handIn, notRun } from '../suite-report.ts'
import { runLockRounds } from './lock-rounds.ts'
import { missing } from './machine-needs.ts'

const seed = seedOfRun('locks')

it('H locks of real processes', async () => {
  const suite = 'H locks of real processes'
  const reason = missing('program flock')
  if (reason !== undefined) return handIn(notRun(suite, reason, seed))
  handIn(await runLockRounds({ suite, rounds: atGate({ faults: 42, long: 600 }), seed, random: seeded(seed) }))
})
