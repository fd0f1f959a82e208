import { describe, expect, it } from 'vitest'
import { formatBytes, formatCount, formatMs, formatRatio, formatTable } from './table.ts'

describe('formatCount', () => {
  const cases = [
    { input: 0, want: '0' },
    { input: 999.4, want: '999' },
    { input: 999.6, want: '1.0 k' },
    { input: 4449, want: '4.4 k' },
    { input: 9960, want: '10 k' },
    { input: 134_400, want: '134 k' },
    { input: 999_600, want: '1.0 M' },
    { input: 2_349_000, want: '2.3 M' },
    { input: Number.NaN, want: '–' },
  ]
  for (const { input, want } of cases) it(`${input} is ${want}`, () => expect(formatCount(input)).toBe(want))
})

describe('the other figures', () => {
  const cases = [
    { name: 'a ratio', got: formatRatio(1.346), want: '1.35x' },
    { name: 'a tiny ratio keeps a digit', got: formatRatio(0.0123), want: '0.012x' },
    { name: 'no ratio', got: formatRatio(Number.NaN), want: '–' },
    { name: 'short times', got: formatMs(0.2345), want: '0.23 ms' },
    { name: 'times', got: formatMs(149.6), want: '150 ms' },
    { name: 'long times', got: formatMs(1700), want: '1.70 s' },
    { name: 'kilobytes', got: formatBytes(12_345), want: '12 kB' },
    { name: 'megabytes', got: formatBytes(-48_600_000), want: '-49 MB' },
    { name: 'gigabytes', got: formatBytes(1.1e9), want: '1.10 GB' },
  ]
  for (const { name, got, want } of cases) it(name, () => expect(got).toBe(want))
})

describe('formatTable', () => {
  it('aligns text left and figures right', () => {
    expect(
      formatTable(
        ['system', '1'],
        [
          ['Redis', '4.4 k'],
          ['PostgreSQL', '–'],
        ],
      ),
    ).toBe(
      [
        '| system     |     1 |', //
        '| ---------- | ----: |',
        '| Redis      | 4.4 k |',
        '| PostgreSQL |     – |',
      ].join('\n'),
    )
  })

  it('has a head when there is nothing else', () => {
    expect(formatTable(['a', 'b'], [])).toBe('| a   |   b |\n| --- | --: |')
  })
})
