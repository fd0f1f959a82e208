import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareCodePoints, compareCodeUnits, sortKeys } from './key-order.ts'

const unit = fc.constantFrom('a', 'b', '\ud7ff', '\ue000', '\uffff', '😀', '😁', '\ud83d', '\ude00', '\ude01')
const key = fc.array(unit, { maxLength: 5 }).map((units) => units.join(''))

/** The plain definition: lists of code points, compared one by one. */
function compareLists(a: string, b: string): number {
  const left = Array.from(a, (char) => char.codePointAt(0)!)
  const right = Array.from(b, (char) => char.codePointAt(0)!)
  const at = left.findIndex((point, i) => point !== right[i])
  if (at < 0) return left.length - right.length
  return at < right.length ? left[at]! - right[at]! : 1
}

describe('key order', () => {
  it.each([
    { a: '\uff5e', b: '😀', points: -1, units: 1 },
    { a: '10', b: '9', points: -1, units: -1 },
    { a: 'a', b: 'ab', points: -1, units: -1 },
    { a: '', b: '', points: 0, units: 0 },
    { a: '\ud83d\ue000', b: '\ud83d\ude00', points: -1, units: 1 },
  ])('$a and $b', ({ a, b, points, units }) => {
    expect(Math.sign(compareCodePoints(a, b))).toBe(points)
    expect(compareCodeUnits(a, b)).toBe(units)
  })

  it('is by code points, lone surrogates included', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Math.sign(compareLists(a, b)))
      }),
      { numRuns: 2000 },
    )
  })

  it('sorts few and many alike', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 50 }), (keys) => {
        expect(sortKeys([...keys], compareCodeUnits)).toEqual([...keys].sort())
      }),
    )
  })
})
