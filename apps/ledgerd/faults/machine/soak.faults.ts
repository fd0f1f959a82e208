// Suite T, in the long form alone: twelve hours, or SOAK_MINUTES.
import { it } from 'vitest'
import { gate } from '../../test/gate.ts'
import { rounds, seeded, seedOfRun } from '../../test/seeded.ts'
import { handIn, notRun } from '../suite-report.ts'
import { missing } from './machine-needs.ts'
import { runSoak } from './soak-suite.ts'

const minutes = rounds('SOAK_MINUTES', 10, { faults: 10, long: 720 })
const isWanted = gate === 'long' || process.env['SOAK_MINUTES'] !== undefined

it.runIf(isWanted)('T soak (needs the long form or SOAK_MINUTES)', { timeout: (minutes + 10) * 60_000 }, async () => {
  const seed = seedOfRun('soak')
  const reason = missing('root', 'loop devices', 'program cc', 'program mkfs.ext4', 'program fallocate')
  if (reason !== undefined) return handIn(notRun('T soak', reason, seed))
  handIn(await runSoak({ suite: 'T soak', minutes, seed, random: seeded(seed) }))
})
