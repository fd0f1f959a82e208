import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DraftRate } from './draft-rate.ts'

describe('DraftRate', () => {
  it('lets one second’s worth through at once, then as much as time gives back', () => {
    const rate = new DraftRate(10, 0)
    expect([rate.take(10, 0), rate.take(1, 0), rate.take(1, 99), rate.take(1, 100), rate.take(1, 101)]).toEqual([
      0, 1, 0, 1, 0,
    ])
  })

  it('lets a batch beyond the bucket through and waits it off', () => {
    const rate = new DraftRate(10, 0)
    expect([rate.take(30, 0), rate.take(1, 0), rate.take(1, 2000), rate.take(1, 2001)]).toEqual([0, 2001, 1, 0])
  })

  it('never passes more than one bucket, the rate, and one batch over any time', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 400 })), {
      maxLength: 200,
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), steps, (perSecond, calls) => {
        const rate = new DraftRate(perSecond, 0)
        let nowMs = 0
        let passed = 0
        for (const [count, pauseMs] of calls) {
          nowMs += pauseMs
          const waitMs = rate.take(count, nowMs)
          if (waitMs === 0) passed += count
          else if (rate.take(count, nowMs + waitMs) !== 0) return false
          else {
            nowMs += waitMs
            passed += count
          }
        }
        return passed <= perSecond + (nowMs * perSecond) / 1000 + 50
      }),
      { numRuns: 2000 },
    )
  })
})
