import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeNonAscii, quoteAny, quoteWellFormed } from './json-string.ts'

describe('escapeNonAscii', () => {
  it.each([
    { name: 'ASCII as it is', input: '{"a": "~\\n"}', want: '{"a": "~\\n"}' },
    { name: 'DEL and C1', input: '"\u007f\u0085"', want: '"\\u007f\\u0085"' },
    { name: 'pairs in lower case', input: '😀', want: '\\ud83d\\ude00' },
    { name: 'text between', input: 'aébüc', want: 'a\\u00e9b\\u00fcc' },
    { name: 'nothing', input: '', want: '' },
  ])('$name', ({ input, want }) => expect(escapeNonAscii(input)).toBe(want))

  it('changes the spelling only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeNonAscii(quoteAny(text))
        expect(escaped).toMatch(/^[\x20-\x7e]*$/)
        expect(JSON.parse(escaped)).toBe(text)
      }),
    )
  })
})

describe('quoting', () => {
  it('is that of JSON.stringify, or refused for a lone surrogate', () => {
    const unit = fc.constantFrom('a', '"', '\\', '/', '\0', '\n', '\u007f', '\u2028', '😀', '\ud83d', '\ude00')
    fc.assert(
      fc.property(
        fc.array(unit).map((units) => units.join('')),
        (text) => {
          expect(quoteAny(text)).toBe(JSON.stringify(text))
          expect(quoteWellFormed(text)).toBe(/\p{Surrogate}/u.test(text) ? undefined : JSON.stringify(text))
        },
      ),
    )
  })
})
