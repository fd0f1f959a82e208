import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantFault, instantMs, isInstant } from './instant.ts'

function msOf(text: string): number {
  const bytes = new TextEncoder().encode(`..${text}..`)
  return instantMs(bytes, 2, bytes.length - 2)
}

describe('instants that are accepted', () => {
  const cases = [
    { name: 'the form of the seed', input: '2026-02-27T14:23:01.452Z', want: Date.UTC(2026, 1, 27, 14, 23, 1, 452) },
    { name: 'microseconds', input: '2026-02-27T14:23:01.452345+00:00', want: Date.UTC(2026, 1, 27, 14, 23, 1, 452) },
    { name: 'no fraction', input: '2026-02-27T14:23:01+00:00', want: Date.UTC(2026, 1, 27, 14, 23, 1) },
    { name: 'an offset', input: '2026-02-27T14:23:01+05:30', want: Date.UTC(2026, 1, 27, 8, 53, 1) },
    { name: 'one digit and a western zone', input: '1969-12-31T23:59:59.9-00:01', want: 59_900 },
    { name: 'nine digits', input: '2026-01-01T00:00:00.999999999Z', want: Date.UTC(2026, 0, 1) + 999 },
    { name: 'a leap day', input: '2024-02-29T00:00:00Z', want: Date.UTC(2024, 1, 29) },
    { name: 'a leap century', input: '2000-02-29T00:00:00Z', want: Date.UTC(2000, 1, 29) },
    { name: 'the first year', input: '0001-01-01T00:00:00Z', want: -62_135_596_800_000 },
  ]
  for (const { name, input, want } of cases) it(name, () => expect(msOf(input)).toBe(want))
})

describe('instants that are refused', () => {
  const cases = [
    ...['', 'Z', '2026-02-27', '2026-02-30T00:00:00Z', '2023-02-29T00:00:00Z', '1900-02-29T00:00:00Z'],
    ...['2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z', '2026-01-00T00:00:00Z', '2026-04-31T00:00:00Z'],
    ...['2026-01-01T24:00:00Z', '2026-01-01T00:60:00Z', '2026-01-01T00:00:60Z', '0000-01-01T00:00:00Z'],
    ...['2026-01-01t00:00:00Z', '2026-01-01 00:00:00Z', '2026-01-01T00:00:00z', '2026-01-01T00:00:00.Z'],
    ...['2026-01-01T00:00:00.1234567890Z', '2026-01-01T00:00:00+0000', '2026-01-01T00:00:00+24:00'],
    ...['2026-01-01T00:00:00+00:60', '2026-01-01T00:00:00Z ', ' 2026-01-01T00:00:00Z', '2026-1-01T00:00:00Z'],
    ...['+026-01-01T00:00:00Z', '2026-01-01T00:00:00.1e3Z', '２026-01-01T00:00:00Z'],
  ]
  for (const input of cases)
    it(JSON.stringify(input), () => {
      expect(isInstant(input)).toBe(false)
      expect(instantFault(input)).toBe('timestamp-invalid')
    })

  it('names a missing zone', () => {
    expect(instantFault('2026-02-27T14:23:01.452')).toBe('timestamp-no-zone')
    expect(instantFault('2026-02-30T14:23:01')).toBe('timestamp-invalid')
    expect(instantFault('2026-02-27T14:23:01Z')).toBeUndefined()
  })
})

it('agrees with Date wherever Date can say it', () => {
  const ms = fc.integer({ min: -62_135_596_800_000, max: Date.UTC(9999, 11, 31) })
  fc.assert(fc.property(ms, (timeMs) => msOf(new Date(timeMs).toISOString()) === timeMs))
})
