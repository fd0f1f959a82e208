// Suite A of reliability §11 in its short form: 2,000 states that a crash may leave, on a disk in memory. CRASH_STATES is
// the number of states, SEED the chance.
import '../faults/memory-doors.ts'
import { describe, expect, it } from 'vitest'
import { creationRun, groupsRun, recoveryRun } from '../faults/crash-runs.ts'
import { coarse, exploreRun, runCrashSuite } from '../faults/crash-suite.ts'
import { plantedTraces } from '../faults/planted-traces.ts'
import { missedGuards } from '../faults/suite-report.ts'
import { rounds, seeded, seedOfRun } from '../test/seeded.ts'

const states = rounds('CRASH_STATES', 2_000)

it(`recovers ${states} crash states twice and loses nothing`, { timeout: 60_000 + states * 20 }, async () => {
  const seed = seedOfRun('crash-states')
  const report = await runCrashSuite({ about: 'both', states, seed, random: seeded(seed) })
  process.stderr.write(`crash-states: ${JSON.stringify(report.counts)}\n`)
  expect(report.violations).toEqual([])
  expect(missedGuards(report)).toEqual([])
})

describe('planted into the trace', () => {
  for (const { name, into, secondSync, plant } of plantedTraces)
    it(`${name} is found`, { timeout: 60_000 }, async () => {
      const random = seeded(1)
      const groups = await groupsRun(random, 2, secondSync)
      const run = into === 'groups' ? groups : await recoveryRun(groups, random)
      const planted = await exploreRun(plant(run), run.sent, coarse(random), 5_000, 1)
      expect(planted.violations.length).toBeGreaterThan(0)
    })

  it('the same runs as they were recorded are right', { timeout: 60_000 }, async () => {
    const random = seeded(1)
    const groups = await groupsRun(random, 2)
    const trailing = await groupsRun(random, 2, 'same')
    for (const run of [await creationRun(), groups, await recoveryRun(groups, random), trailing])
      expect(await exploreRun(run, run.sent, coarse(random), 1_000)).toMatchObject({ violations: [] })
  })
})
