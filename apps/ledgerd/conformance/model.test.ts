// Suite N of reliability §11 in its short form. MODEL_HISTORIES is the number of histories, SEED the chance, and MODEL_PATH
// the place of a failing history that an earlier run with the same seed named.
import '../faults/memory-doors.ts'
import { describe, expect, it } from 'vitest'
import { runModelSuite } from '../faults/model-suite.ts'
import { missedGuards } from '../faults/suite-report.ts'
import { rounds, seedOfRun } from '../test/seeded.ts'

const histories = rounds('MODEL_HISTORIES', 300)
const path = process.env['MODEL_PATH']

it(`keeps what the reference keeps over ${histories} histories`, { timeout: 60_000 + histories * 50 }, async () => {
  const seed = seedOfRun('model')
  const report = await runModelSuite({ histories, seed, ...(path === undefined ? {} : { path }) })
  process.stderr.write(`model: ${JSON.stringify(report.counts)}\n`)
  expect(report.violations.map(({ sentence }) => sentence)).toEqual([])
  if (path === undefined) expect(missedGuards(report)).toEqual([])
})

describe('planted', () => {
  it.each(['syncs do nothing', 'content is not compared'] as const)(
    '%s is found',
    { timeout: 60_000 },
    async (plant) => {
      const { violations } = await runModelSuite({ histories: 60, seed: 1, plant })
      expect(violations).toHaveLength(1)
    },
  )

  it('the same seed gives the same run', { timeout: 60_000 }, async () => {
    const [first, second] = [
      await runModelSuite({ histories: 20, seed: 7 }),
      await runModelSuite({ histories: 20, seed: 7 }),
    ]
    // A repair draws a seed of its own, which must decide nothing.
    expect(first.counts['doubts']).toBeGreaterThan(0)
    expect(first).toEqual(second)
  })
})
