import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { TextCache } from './text-cache.ts'

const encoder = new TextEncoder()

it('gives the text that stands there now, whatever stood there and whatever fell into the same slot', () => {
  const cache = new TextCache()
  // A Buffer, whose slices are views.
  const bytes = Buffer.alloc(256)
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: fc.constantFrom('a', 'b', 'é'), maxLength: 4 }),
    fc.nat(100_000).map(String),
  )
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), fc.nat(9), (texts, at) => {
      for (const want of [...texts, ...texts]) {
        const end = at + encoder.encodeInto(want, bytes.subarray(at)).written
        expect(cache.textOf(bytes, at, end)).toBe(want)
      }
    }),
    { numRuns: 1000 },
  )
})
