// Suite K of reliability §11: floods of 10 s each. FLOOD_SECONDS sets another time.
import { it } from 'vitest'
import { rounds } from '../test/seeded.ts'
import { runFloodSuite } from './flood-suite.ts'
import { handIn } from './suite-report.ts'

const secondsEach = rounds('FLOOD_SECONDS', 10, { faults: 10, long: 60 })

it('K floods', { timeout: 60_000 + secondsEach * 20_000 }, async () => {
  handIn(await runFloodSuite({ secondsEach, seed: 0 }))
})
