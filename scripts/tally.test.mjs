import { describe, expect, it } from 'vitest'
import { formatTally, tally } from './tally.mjs'

const file = (/** @type {string[]} */ ...statuses) => ({
  name: 'a.test.ts',
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map((status, index) => ({ status, fullName: `test ${index}` })),
})
const broken = { name: 'b.test.ts', status: 'failed', assertionResults: [] }

const cases = [
  { name: 'a good run', files: [file('passed', 'passed')], exit: 0, want: '2 passed, 0 failed' },
  { name: 'a failed test', files: [file('passed', 'failed')], exit: 1, want: '1 passed, 1 failed' },
  {
    name: 'a skipped test',
    files: [file('passed', 'skipped', 'todo')],
    exit: 0,
    want: '1 passed, 0 failed, 2 skipped',
  },
  { name: 'a file that did not load', files: [file('passed'), broken], exit: 1, want: '1 passed, 1 failed' },
  { name: 'an error outside of any test', files: [file('passed')], exit: 1, want: '1 passed, 1 failed' },
  { name: 'nothing at all', files: [], exit: 0, want: '0 passed, 1 failed' },
  { name: 'only skipped tests', files: [file('skipped')], exit: 0, want: '0 passed, 1 failed, 1 skipped' },
]

describe('tally', () => {
  it.each(cases)('counts $name', ({ files, exit, want }) => {
    expect(formatTally(tally({ testResults: files }, exit))).toBe(want)
  })
})
