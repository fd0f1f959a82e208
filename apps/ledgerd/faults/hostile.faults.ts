// Suite L of reliability §11: 50,000 malformed frames and handshakes.
import { it } from 'vitest'
import { atGate } from '../test/gate.ts'
import { AttackedDaemon } from '../test/attacked-daemon.ts'
import { seeded, seedOfRun } from '../test/seeded.ts'
import { runWireSuite } from './hostile-wire.ts'
import { handIn } from './suite-report.ts'

const attacks = atGate({ faults: 50_000, long: 1_200_000 })

it('L malformed frames and handshakes', { timeout: 60_000 + attacks * 200 }, async () => {
  const seed = seedOfRun('hostile wire')
  const at = await AttackedDaemon.start()
  try {
    handIn(await runWireSuite({ at, attacks, seed, random: seeded(seed) }))
  } finally {
    await at.stop()
  }
})
