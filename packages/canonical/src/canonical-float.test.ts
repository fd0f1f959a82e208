import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalFloatEnd, isPrintedDouble } from './canonical-float.ts'

const encoder = new TextEncoder()

function isPrinted(text: string): boolean {
  const bytes = encoder.encode(`-${text},`)
  return isPrintedDouble(bytes, 1, bytes.length - 1)
}

function isCanonical(text: string): boolean {
  const bytes = encoder.encode(`${text},`)
  return canonicalFloatEnd(bytes, 0, bytes.length) === text.length
}

describe('isPrintedDouble', () => {
  it.each([
    { text: '0.17672680438357957', want: true },
    { text: '0.1767268043835796', want: true },
    { text: '0.30000000000000004', want: true },
    { text: '0.30000000000000003', want: false },
    { text: '0.10000000000000001', want: false },
    { text: '12345.678901234567', want: true },
    { text: '0.00012345678901234567', want: true },
    { text: '1234567890123456.5', want: false },
    { text: '0.123456789012345678', want: false },
    { text: '1234567890123456.0', want: false },
    { text: '0.00001', want: false },
  ])('$text', ({ text, want }) => expect(isPrinted(text)).toBe(want))

  it('never says yes where the double itself says no', () => {
    const digits = fc.stringMatching(/^[0-9]{15,18}$/)
    const lead = fc.constantFrom('0.', '0.0', '0.000', '1.', '12.', '99999.')
    let yes = 0
    fc.assert(
      fc.property(lead, digits, (first, rest) => {
        const text = first + rest
        if (!isPrinted(text)) return
        yes++
        expect([text, isCanonical(text)]).toEqual([text, true])
      }),
      { numRuns: 20_000 },
    )
    expect(yes).toBeGreaterThan(1000)
  })

  it('decides nearly every double of the common range', () => {
    const doubles = fc.sample(fc.double({ min: 0.0001, max: 100_000, noNaN: true }), 5000)
    const texts = doubles.filter((value) => !Number.isInteger(value)).map(String)
    for (const text of texts) expect([text, isCanonical(text)]).toEqual([text, true])
    expect(texts.filter((text) => !isPrinted(text)).length).toBeLessThan(texts.length / 100)
  })
})
