import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findTidyProblems } from './check-tidy.mjs'

/** @type {string} */
let root

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tidy-'))
  plant('pnpm-workspace.yaml', 'packages:\n  - apps/*\n')
  plant('apps/ledgerd/package.json', JSON.stringify({ name: 'ledgerd', version: '0.1.0' }))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

const head = '// Owns one thing.\n'
const todo = ['TO', 'DO'].join('')
const skip = ['skip', 'If'].join('')

const cases = [
  { name: 'a well-formed file', file: 'offset-table.ts', text: head, want: [] },
  { name: 'a TODO with its issue', file: 'a.ts', text: `${head}// ${todo}(#12): later\n`, want: [] },
  { name: 'a clock in cli/', file: 'cli/a.ts', text: `${head}const now = new Date()\n`, want: [] },
  { name: 'a date from a given time', file: 'a.ts', text: `${head}const day = new Date(timeMs)\n`, want: [] },
  {
    name: 'a drawer',
    file: 'utils.ts',
    text: head,
    want: ['apps/ledgerd/src/utils.ts: name the idea instead of "utils"'],
  },
  {
    name: 'a drawer with a label',
    file: 'file-helpers.ts',
    text: head,
    want: ['apps/ledgerd/src/file-helpers.ts: name the idea instead of "file-helpers"'],
  },
  {
    name: 'camel case',
    file: 'offsetTable.ts',
    text: head,
    want: ['apps/ledgerd/src/offsetTable.ts: file names are kebab-case'],
  },
  {
    name: 'no first sentence',
    file: 'a.ts',
    text: "import { b } from './b.ts'\n",
    want: ['apps/ledgerd/src/a.ts:1: the first line says what the file owns and promises'],
  },
  {
    name: 'a door that exports everything',
    file: 'index.ts',
    text: "export * from './a.ts'\n",
    want: ['apps/ledgerd/src/index.ts:1: index.ts lists its exports by name, none of them for testing'],
  },
  {
    name: 'a bare TODO',
    file: 'a.ts',
    text: `${head}// ${todo}: later\n`,
    want: ['apps/ledgerd/src/a.ts:2: TODO needs an issue number, as TODO(#12)'],
  },
  {
    name: 'a test that says what it needs',
    file: 'a.test.ts',
    text: `it.${skip}(!hasJq)(\n  'counts (needs jq)',\n  () => {},\n)\n`,
    want: [],
  },
  {
    name: 'a test that is skipped for no reason',
    file: 'a.test.ts',
    text: `it.${skip}(!hasJq)('counts', () => {})\n`,
    want: ['apps/ledgerd/src/a.test.ts:1: the title of a test that may be skipped ends with what it "(needs …)"'],
  },
  {
    name: 'a clock inside the daemon',
    file: 'engine/a.ts',
    text: `${head}const now = new Date()\n`,
    want: ['apps/ledgerd/src/engine/a.ts:2: the clock enters at main.ts and is passed in'],
  },
]

describe('findTidyProblems', () => {
  it.each(cases)('judges $name', ({ file, text, want }) => {
    plant(`apps/ledgerd/src/${file}`, text)
    expect(findTidyProblems(root)).toEqual(want)
  })
})

/**
 * @param {string} path
 * @param {string} text
 */
function plant(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
