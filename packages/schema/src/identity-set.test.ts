import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { IdentitySet } from './identity-set.ts'

function hex(value: bigint | number): string {
  return BigInt(value).toString(16).padStart(32, '0')
}

describe('IdentitySet', () => {
  it('agrees with a Set', () => {
    const id = fc.oneof(
      fc.integer({ min: 0, max: 40 }).map(hex),
      fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map(hex),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(id, { maxLength: 300 }), (ids) => {
        const [ours, theirs] = [new IdentitySet(2), new Set<string>()]
        for (const each of ids) {
          expect(ours.add(each)).toBe(!theirs.has(each))
          theirs.add(each)
        }
        expect(ours.size).toBe(theirs.size)
      }),
    )
  })

  it('takes ids from bytes and from text for the same', () => {
    const set = new IdentitySet()
    expect(set.addHex(new TextEncoder().encode(`xx${'ab'.repeat(16)}`), 2)).toBe(true)
    expect(set.add('ab'.repeat(16))).toBe(false)
    expect(set.add('AB'.repeat(16))).toBe(true)
  })

  it('stays right when ids are made to collide', () => {
    const set = new IdentitySet(1024)
    // Multiples of a power of two over the table size land in one slot.
    const ids = Array.from({ length: 400 }, (_, i) => hex(BigInt(i + 1) << 20n))
    for (const id of ids) expect(set.add(id)).toBe(true)
    for (const id of ids) expect(set.add(id)).toBe(false)
    expect(set.size).toBe(400)
  })

  it('keeps what it has while it grows', () => {
    const set = new IdentitySet(2)
    for (let i = 0; i < 5000; i++) expect(set.add(hex(i * 7919))).toBe(true)
    for (let i = 0; i < 5000; i++) expect(set.add(hex(i * 7919))).toBe(false)
  })
})
