import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FingerprintTable } from './fingerprint-table.ts'
import { fingerprint } from './fingerprint.ts'
import type { Fingerprint } from './fingerprint.ts'

const keyOf = (n: number): Fingerprint => fingerprint(['key', String(n)])
const sorted = (rows: Iterable<readonly number[]>): number[][] =>
  Array.from(rows, (row) => [...row]).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0))

describe('a table of fingerprints', () => {
  /** Keys that begin alike stand in each other's way, and at the end of the slots they go on at the start. */
  const crowded = (n: number): Fingerprint => Uint32Array.of(n % 3 === 0 ? 0xffffffff : 1 + (n % 2), 7, n)
  const cases = [
    { name: 'of hashes', makeKey: keyOf },
    { name: 'of keys that crowd', makeKey: crowded },
  ]
  for (const { name, makeKey } of cases)
    it(`${name} is a map whose changes can be undone`, () => {
      const step = fc.record({
        key: fc.nat(60),
        values: fc.option(fc.tuple(fc.nat(5), fc.nat(2 ** 32 - 1)), { nil: undefined }),
        isUndo: fc.boolean(),
      })
      fc.assert(
        fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
          const table = new FingerprintTable(2)
          const theirs = new Map<number, readonly number[]>()
          const undos: (() => void)[] = []
          for (const { key, values, isUndo } of steps) {
            if (isUndo) {
              undos.pop()?.()
            } else {
              const before = theirs.get(key)
              const undo = table.put(makeKey(key), values)
              undos.push(() => {
                undo()
                if (before === undefined) theirs.delete(key)
                else theirs.set(key, before)
              })
              if (values === undefined) theirs.delete(key)
              else theirs.set(key, values)
            }
            for (let at = 0; at <= 60; at++) expect(table.get(makeKey(at))).toEqual(theirs.get(at))
            expect(table.size).toBe(theirs.size)
          }
          expect(sorted(table.values())).toEqual(sorted(theirs.values()))
        }),
        { numRuns: 60 },
      )
    })

  it('keeps all it has when it is cut into parts, in 12 bytes a key and room to find them', () => {
    const table = new FingerprintTable(0)
    const undos = Array.from({ length: 100_000 }, (_, n) => table.put(keyOf(n), []))
    const held = Array.from({ length: 100_000 }, (_, n) => table.has(keyOf(n)))
    expect(held.every(Boolean)).toBe(true)
    expect(table.has(keyOf(100_000))).toBe(false)
    expect(table.size).toBe(100_000)
    expect(table.bytes / table.size).toBeLessThan(20)
    for (const undo of undos.reverse()) undo()
    expect(table.size).toBe(0)
    expect(table.has(keyOf(1))).toBe(false)
  })

  it('is small while it is empty: a daemon keeps a thousand ledgers open', () => {
    expect(new FingerprintTable(7).bytes).toBeLessThan(1024)
  })
})
