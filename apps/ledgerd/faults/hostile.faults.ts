// Suite L of reliability §11: 50,000 malformed frames and handshakes.
import { it } from 'vitest'
import { AttackedDaemon } from '../test/attacked-daemon.ts'
import { seeded, seedOfRun } from '../test/seeded.ts'
import { runWireSuite } from './hostile-wire.ts'
import { handIn, scaled } from './suite-report.ts'

it('L malformed frames and handshakes', { timeout: 60_000 + scaled(50_000) * 200 }, async () => {
  const seed = seedOfRun('hostile wire')
  const at = await AttackedDaemon.start()
  try {
    handIn(await runWireSuite({ at, attacks: scaled(50_000), seed, random: seeded(seed) }))
  } finally {
    await at.stop()
  }
})
