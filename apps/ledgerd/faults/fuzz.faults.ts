// Suite M of reliability §11: every parser for half a minute, from its corpus on. FUZZ_TARGETS names some of them,
// FUZZ_SECONDS sets another time, FUZZ_KEEP=1 keeps what reached new code as the corpus.
import './memory-doors.ts'
import { it } from 'vitest'
import { atGate } from '../test/gate.ts'
import { rounds, seeded, seedOfRun } from '../test/seeded.ts'
import { runFuzzSuite } from './fuzz-suite.ts'
import { fuzzTargets } from './fuzz-targets.ts'
import { handIn } from './suite-report.ts'

const seed = seedOfRun('fuzz')
const named = process.env['FUZZ_TARGETS']?.split(',')
const secondsMax = rounds('FUZZ_SECONDS', 30, { faults: 30, long: 600 })
const executionsMax = atGate({ faults: 5_000_000, long: 25_000_000 })
const isKeeping = process.env['FUZZ_KEEP'] === '1'

for (const target of fuzzTargets.filter(({ name }) => named?.includes(name) ?? true))
  it(`M ${target.name}`, { timeout: 60_000 + secondsMax * 5000 }, async () => {
    handIn(await runFuzzSuite(target, { seed, random: seeded(seed), executionsMax, secondsMax, isKeeping }))
  })
