import { describe, expect, it } from 'vitest'
import { longFormTable, readRuns, shownTable } from './long-form.mjs'

/** @type {(share: number, rows: Partial<import('./long-form.mjs').KeptRow>[]) => import('./long-form.mjs').KeptRun} */
const run = (share, rows) => ({
  date: '2026-11-21',
  commit: '0123456',
  node: 'v20.20.2',
  share,
  rows: rows.map((row) => ({
    suite: 'C',
    counts: {},
    violations: 0,
    missed: [],
    notRun: [],
    seed: 1,
    seconds: 360,
    ...row,
  })),
})

describe('the table of the long form', () => {
  const cases = [
    {
      name: 'adds shares, counts and times',
      runs: [
        run(0.02, [{ counts: { kills: 260, receipts: 40_000 }, seed: 7 }]),
        run(0.98, [{ counts: { kills: 12_740 }, seed: 8 }]),
      ],
      want: '| C | whole | 13,000 kills, 40,000 receipts | 0 | 7, 8 | 0.20 h |',
    },
    {
      name: 'shows the highest of what does not add up',
      runs: [run(0.1, [{ counts: { 'p99 in ms': 4 } }]), run(0.015, [{ counts: { 'p99 in ms': 9 } }])],
      want: '| C | 12 % | 9 p99 in ms | 0 | 1, 1 | 0.20 h |',
    },
    {
      name: 'counts what was violated and what was missed',
      runs: [run(0.5, [{ violations: 2, missed: ['kills: 1 of 2'] }])],
      want: '| C | 50 % | – | 3 | 1 | 0.10 h |',
    },
    {
      name: 'takes nothing for run that did not run',
      runs: [run(0.5, [{ notRun: ['gcc is missing'] }])],
      want: '| C | 0.0 % | – | 0 | – | 0.10 h |',
    },
  ]
  for (const { name, runs, want } of cases)
    it(name, () => expect(longFormTable(runs).split('\n').slice(2)).toEqual([want]))

  it('is shown as it was kept', () => expect(shownTable()).toBe(longFormTable(readRuns())))
})
