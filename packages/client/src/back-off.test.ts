// Delays between attempts.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backOffMs } from './back-off.ts'

const range = { retryDelayMinMs: 100, retryDelayMaxMs: 10_000 }

describe('backOffMs', () => {
  const cases = [
    { name: 'first, least', attempt: 1, random: 0, floorMs: 0, want: 0 },
    { name: 'first, most', attempt: 1, random: 0.999999, floorMs: 0, want: 100 },
    { name: 'doubles', attempt: 4, random: 0.999999, floorMs: 0, want: 800 },
    { name: 'stops at the longest', attempt: 50, random: 0.999999, floorMs: 0, want: 10_000 },
    { name: 'never below the floor', attempt: 1, random: 0.5, floorMs: 2000, want: 2000 },
  ]
  it.each(cases)('$name', ({ attempt, random, floorMs, want }) => {
    expect(backOffMs(attempt, range, random, floorMs)).toBe(want)
  })

  it('stays in its range for any attempt', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), random, (attempt, draw) => {
        const delayMs = backOffMs(attempt, range, draw)
        expect(Number.isSafeInteger(delayMs) && delayMs >= 0 && delayMs <= 10_000).toBe(true)
      }),
    )
  })
})
