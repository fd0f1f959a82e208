// Suite N of reliability §11: 20,000 histories against the reference.
import './memory-doors.ts'
import { it } from 'vitest'
import { atGate } from '../test/gate.ts'
import { seedOfRun } from '../test/seeded.ts'
import { runModelSuite } from './model-suite.ts'
import { handIn } from './suite-report.ts'

const histories = atGate({ faults: 20_000, long: 1_000_000 })

it('N model histories', { timeout: 60_000 + histories * 500 }, async () => {
  handIn(await runModelSuite({ histories, seed: seedOfRun('model') }))
})
