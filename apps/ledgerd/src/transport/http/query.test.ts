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
