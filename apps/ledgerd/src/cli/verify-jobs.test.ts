import { describe, expect, it } from 'vitest'
import { run } from '../../test/memory-io.ts'
import { CliError } from './cli-error.ts'
import { jobsFor, parseJobs } from './verify-jobs.ts'

const mib = 1 << 20

describe('--jobs', () => {
  const good = [
    { text: undefined, want: undefined },
    { text: '1', want: 1 },
    { text: '12', want: 12 },
    { text: '64', want: 64 },
  ]
  for (const { text, want } of good) it(`takes ${text}`, () => expect(parseJobs(text)).toBe(want))

  for (const text of [
    '0',
    '-1',
    'x',
    '1e3',
    '',
    ' 2',
    '2 ',
    '1.0',
    '01',
    '0x2',
    '+2',
    '65',
    '99999999999',
    'NaN',
    '２',
  ])
    it(`refuses "${text}" as a wrong command line`, async () => {
      expect(() => parseJobs(text)).toThrow(CliError)
      const { exitCode, out, err } = await run(['verify', './none.jsonl', '--jobs', text])
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
      expect(err).toMatch(/^ledgerd: --jobs takes a whole number from 1 to 64, not .*\n {2}try: /)
    })

  it('refuses to be said without a number', async () => {
    expect(await run(['verify', './none.jsonl', '--jobs'])).toMatchObject({ exitCode: 2, out: '' })
  })
})

describe('files at a time', () => {
  const table: readonly { name: string; asked?: number; count: number; bytes: number; cores: number; want: number }[] =
    [
      { name: 'no file', count: 0, bytes: 0, cores: 8, want: 1 },
      { name: 'no file, more asked for', asked: 4, count: 0, bytes: 0, cores: 8, want: 1 },
      { name: 'one large file', count: 1, bytes: 9000 * mib, cores: 8, want: 1 },
      { name: 'many small files', count: 200, bytes: 127 * mib, cores: 8, want: 1 },
      { name: 'work for two', count: 200, bytes: 128 * mib, cores: 8, want: 2 },
      { name: 'work for more than there are cores', count: 200, bytes: 9000 * mib, cores: 8, want: 8 },
      { name: 'fewer files than cores', count: 3, bytes: 9000 * mib, cores: 8, want: 3 },
      { name: 'one core', count: 200, bytes: 9000 * mib, cores: 1, want: 1 },
      { name: 'small files, two asked for', asked: 2, count: 200, bytes: 10, cores: 1, want: 2 },
      { name: 'one asked for', asked: 1, count: 200, bytes: 9000 * mib, cores: 8, want: 1 },
      { name: 'more asked for than there are files', asked: 64, count: 5, bytes: 10, cores: 2, want: 5 },
    ]
  for (const { name, asked, count, bytes, cores, want } of table)
    it(name, () => expect(jobsFor(asked, { count, bytes }, cores)).toBe(want))
})
