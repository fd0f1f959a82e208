// Suite H on real processes.
import { it } from 'vitest'
import { seeded, seedOfRun } from '../../test/seeded.ts'
import { handIn, notRun, scaled } from '../suite-report.ts'
import { runLockRounds } from './lock-rounds.ts'
import { missing } from './machine-needs.ts'

const seed = seedOfRun('locks')

it('H locks of real processes', async () => {
  const suite = 'H locks of real processes'
  const reason = missing('program flock')
  if (reason !== undefined) return handIn(notRun(suite, reason, seed))
  handIn(await runLockRounds({ suite, rounds: scaled(42), seed, random: seeded(seed) }))
})
