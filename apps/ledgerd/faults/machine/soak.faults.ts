// Suite T, in the long form alone: `pnpm test:faults --long soak`, for SOAK_MINUTES.
import { it } from 'vitest'
import { seeded, seedOfRun } from '../../test/seeded.ts'
import { handIn, notRun } from '../suite-report.ts'
import { missing } from './machine-needs.ts'
import { runSoak } from './soak-suite.ts'

const minutes = Number(process.env['SOAK_MINUTES'] ?? 10)
const isLong = Number(process.env['FAULTS_SCALE'] ?? 1) >= 10 || process.env['SOAK_MINUTES'] !== undefined

it.runIf(isLong)('T soak (needs SOAK_MINUTES or FAULTS_SCALE=10)', { timeout: (minutes + 10) * 60_000 }, async () => {
  const seed = seedOfRun('soak')
  const reason = missing('root', 'loop devices', 'program cc', 'program mkfs.ext4', 'program fallocate')
  if (reason !== undefined) return handIn(notRun('T soak', reason, seed))
  handIn(await runSoak({ suite: 'T soak', minutes, seed, random: seeded(seed) }))
})
