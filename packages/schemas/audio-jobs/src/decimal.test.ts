import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDecimals, compareDecimals, negate, parseDecimal } from './decimal.ts'
import type { Decimal } from './decimal.ts'

function decimal(lexeme: string): Decimal {
  const parsed = parseDecimal(lexeme)
  if (parsed === undefined) throw new Error(`${lexeme} is no decimal`)
  return parsed
}

describe('reading', () => {
  for (const text of ['', '-', '01', '+1', '.5', '5.', '1e', 'NaN', '-Infinity', '1_0', ' 1', '1 ', '0x1', '١'])
    it(`refuses ${JSON.stringify(text)}`, () => expect(parseDecimal(text)).toBeUndefined())
})

describe('comparing', () => {
  const cases = [
    { left: '-14.4', right: '-14.40', want: 0 },
    { left: '-14.4', right: '-14.400000000000000000000000000001', want: 1 },
    { left: '0.1', right: '1e-1', want: 0 },
    { left: '1000', right: '1E+3', want: 0 },
    { left: '0.30000000000000004', right: '0.3', want: 1 },
    { left: '-0.0', right: '0', want: 0 },
    { left: '-0', right: '1e-400', want: -1 },
    { left: '1e400', right: '9e399', want: 1 },
    { left: '-2', right: '-10', want: 1 },
    { left: '9', right: '10', want: -1 },
    { left: '12', right: '120', want: -1 },
    { left: '1e999999999999', right: '1', want: 1 },
  ]
  for (const { left, right, want } of cases)
    it(`${left} and ${right}`, () => {
      expect(Math.sign(compareDecimals(decimal(left), decimal(right)))).toBe(want)
      expect(Math.sign(compareDecimals(decimal(right), decimal(left)))).toBe(want === 0 ? 0 : -want)
    })

  it('agrees with integers of any size, shifted by any power', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), fc.integer({ min: -30, max: 30 }), (left, right, power) => {
        const order = compareDecimals(decimal(`${left}e${power}`), decimal(`${right}e${power}`))
        expect(Math.sign(order)).toBe(left < right ? -1 : left > right ? 1 : 0)
      }),
    )
  })
})

describe('adding', () => {
  it('is exact where doubles are not', () => {
    expect(addDecimals(decimal('0.1'), decimal('0.2'))).toEqual(decimal('0.3'))
    expect(addDecimals(decimal('-14'), negate(decimal('0.4')))).toEqual(decimal('-14.4'))
    expect(addDecimals(decimal('5'), decimal('-5.0'))).toEqual(decimal('0'))
  })

  it('agrees with integers', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (left, right) => {
        expect(addDecimals(decimal(String(left)), decimal(String(right)))).toEqual(decimal(String(left + right)))
      }),
    )
  })
})
