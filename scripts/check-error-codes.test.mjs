import { describe, expect, it } from 'vitest'
import { findCodeProblems } from './check-error-codes.mjs'

const protocol = (/** @type {string} */ rows) =>
  `# Protocol\n\n## 7. Errors\n\n| code | HTTP | retry | outcome |\n| --- |\n${rows}`
const busyRow = '| `BUSY` | 503 | yes | absent |\n'
const closedRow = '| `ABORTED`, `CLOSED` | – | no | unknown |\n'
const errors = (/** @type {readonly string[]} */ codes) =>
  `export type ErrorCode =\n${codes.map((code) => `  | '${code}'\n`).join('')}\nconst facts = {\n  BUSY: absentForNow,\n  ABORTED: { retryable: false, outcome: 'unknown' },\n}\n`

const cases = [
  { name: 'equal lists', rows: busyRow + closedRow, codes: ['BUSY', 'ABORTED', 'CLOSED'], want: [] },
  {
    name: 'a code the protocol does not list',
    rows: busyRow,
    codes: ['BUSY', 'ABORTED'],
    want: ['PROTOCOL.md: ABORTED is not listed'],
  },
  {
    name: 'a code that does not exist',
    rows: busyRow + closedRow,
    codes: ['BUSY', 'ABORTED'],
    want: ['PROTOCOL.md: CLOSED does not exist'],
  },
  {
    name: 'another judgement about retries',
    rows: busyRow.replace('yes', 'no'),
    codes: ['BUSY'],
    want: ['PROTOCOL.md: BUSY says retry otherwise than errors.ts'],
  },
  { name: 'a table that is gone', rows: '', codes: ['BUSY'], want: ['PROTOCOL.md: no table of error codes found'] },
]

describe('findCodeProblems', () => {
  it.each(cases)('judges $name', ({ rows, codes, want }) => {
    expect(findCodeProblems(protocol(rows), errors(codes))).toEqual(want)
  })
})
