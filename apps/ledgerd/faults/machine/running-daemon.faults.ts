// What an operator, a limit or another program does to a daemon that runs: suites F and H of reliability §11, and the bad input
// of the folder itself. Each fault ends in a stable code that says why, since when and what to do; the same stands in the
// readiness page, in the metrics and in `ledgerd stats`; everyone else is served.
import { it } from 'vitest'
import { atGate } from '../../test/gate.ts'
import { seeded, seedOfRun } from '../../test/seeded.ts'
import { handIn, notRun } from '../suite-report.ts'
import { missing } from './machine-needs.ts'
import { mishaps } from './mishaps.ts'
import { runMishaps } from './mishap-suite.ts'

const seed = seedOfRun('running-daemon')

for (const { suite, needs, rounds, kinds } of mishaps)
  it(suite, async () => {
    const reason = missing(...needs)
    if (reason !== undefined) return handIn(notRun(suite, reason, seed))
    handIn(await runMishaps({ suite, kinds, rounds: atGate(rounds), seed, random: seeded(seed) }))
  })
