import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FingerprintSet } from './fingerprint-set.ts'

describe('a set of fingerprints', () => {
  it('does what a set does, in any order of adding and deleting, in a crowded table', () => {
    const step = fc.record({ isDeletion: fc.boolean(), text: fc.integer({ min: 0, max: 40 }).map(String) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const prints = new FingerprintSet(4)
        const set = new Set<string>()
        for (const { isDeletion, text } of steps) {
          expect(prints.has(text)).toBe(set.has(text))
          if (isDeletion) expect(prints.delete(text)).toBe(set.delete(text))
          else {
            expect(prints.add(text)).toBe(!set.has(text))
            set.add(text)
          }
          expect(prints.size).toBe(set.size)
        }
        for (let text = 0; text <= 40; text++) expect(prints.has(String(text))).toBe(set.has(String(text)))
      }),
    )
  })
})
