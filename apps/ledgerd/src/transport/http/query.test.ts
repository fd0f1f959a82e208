// Query strings as people write them.
import { describe, expect, it } from 'vitest'
import { Query } from './query.ts'

describe('from', () => {
  const cases = [
    { text: '', want: 'start' },
    { text: 'from=end', want: 'end' },
    { text: 'from=-10', want: -10 },
    { text: 'from=@2026-03-01T10:00:00Z', want: { time: '2026-03-01T10:00:00Z' } },
    { text: 'from=%402026-03-01T10:00:00%2B00:00', want: { time: '2026-03-01T10:00:00+00:00' } },
    { text: 'from=@2026-03-01T10:00:00+00:00', want: { time: '2026-03-01T10:00:00+00:00' } },
  ]
  it.each(cases)('$text', ({ text, want }) => expect(new Query(text, ['from']).start('from')).toEqual(want))

  it.each(['from=@2026-03-01', 'from=@2026-03-01+10:00:00Z', 'from=1.5', 'from=+1'])('is not: %s', (text) => {
    expect(() => new Query(text, ['from']).start('from')).toThrow('REQUEST_INVALID: from is start, end, a number')
  })
})

describe('limit', () => {
  const limitOf = (text: string): number | undefined => new Query(text, ['limit']).number('limit', 1)

  it.each([
    { text: '', want: undefined },
    { text: 'limit=1', want: 1 },
    { text: 'limit=9007199254740991', want: Number.MAX_SAFE_INTEGER },
  ])('$text', ({ text, want }) => expect(limitOf(text)).toBe(want))

  it.each(['', '0', '-1', '1.5', '1e3', '9007199254740992', '99999999999999999'])('is not: %s', (value) => {
    expect(() => limitOf(`limit=${value}`)).toThrow('limit is a whole number from 1 to 9007199254740991')
  })
})
