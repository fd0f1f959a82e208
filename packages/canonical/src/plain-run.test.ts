import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainRunEnd } from './plain-run.ts'

function runEnd(bytes: Uint8Array, from: number, end: number): number {
  return plainRunEnd(new DataView(bytes.buffer), bytes.byteOffset, from, end)
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e && byte !== 0x22 && byte !== 0x5c
}

describe('plainRunEnd', () => {
  it('judges every byte right at every place of a word', () => {
    for (let byte = 0; byte < 256; byte++) {
      for (let place = 0; place < 9; place++) {
        const bytes = new Uint8Array(9).fill(0x61)
        bytes[place] = byte
        expect([byte, place, runEnd(bytes, 0, 9)]).toEqual([byte, place, isPlain(byte) ? 9 : place])
      }
    }
  })

  it('is the first byte that is not plain, of any bytes and any range', () => {
    const byte = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) }, fc.nat(255))
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 40 }), fc.nat(40), fc.nat(40), (list, a, b) => {
        const bytes = Uint8Array.from([0, ...list]).subarray(1)
        const end = Math.min(Math.max(a, b), bytes.length)
        const from = Math.min(a, b, end)
        const first = bytes.subarray(from, end).findIndex((one) => !isPlain(one))
        expect(runEnd(bytes, from, end)).toBe(first < 0 ? end : from + first)
      }),
      { numRuns: 2000 },
    )
  })
})
