// Suite L of reliability §11 in its short form: HOSTILE_FRAMES malformed frames and handshakes, SEED the chance.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runWireSuite } from '../faults/hostile-wire.ts'
import { missedGuards } from '../faults/suite-report.ts'
import { AttackedDaemon } from '../test/attacked-daemon.ts'
import { hookTimeoutMs } from '../test/daemon-process.ts'
import { rounds, seeded, seedOfRun } from '../test/seeded.ts'

const attacks = rounds('HOSTILE_FRAMES', 2000)

let at: AttackedDaemon
beforeAll(async () => {
  at = await AttackedDaemon.start()
}, hookTimeoutMs)
afterAll(async () => {
  await at.stop()
}, hookTimeoutMs)

it(`answers ${attacks} malformed frames and handshakes with a code`, { timeout: 60_000 + attacks * 100 }, async () => {
  const seed = seedOfRun('hostile-wire')
  const report = await runWireSuite({ at, attacks, seed, random: seeded(seed) })
  process.stderr.write(`hostile-wire: ${JSON.stringify(report.counts)}\n`)
  expect(report.violations).toEqual([])
  expect(missedGuards(report)).toEqual([])
})
