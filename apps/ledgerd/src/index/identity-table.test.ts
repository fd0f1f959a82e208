import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Fingerprint, fingerprint, IdentityTable } from './identity-table.ts'

const seed: Fingerprint = { high: 0x1234_5678, low: 0x9abc_def0 }

describe('identity table', () => {
  it('finds every line of every identity, and nothing else, like a map', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ high: fc.nat(5), low: fc.nat(9) }), { maxLength: 4000 }), (prints) => {
        const table = new IdentityTable()
        const model = new Map<string, number[]>()
        for (const [seq, print] of prints.entries()) {
          table.add(print, seq)
          const key = `${print.high} ${print.low}`
          model.set(key, [...(model.get(key) ?? []), seq])
        }
        for (let high = 0; high <= 6; high++)
          for (let low = 0; low <= 10; low++) {
            const want = model.get(`${high} ${low}`) ?? []
            expect(table.findAll({ high, low })).toEqual(want)
            expect(table.find({ high, low }) >= 0).toBe(want.length > 0)
          }
      }),
      { numRuns: 30 },
    )
  })

  it('gives a hundred thousand ids as many fingerprints, and other ones under another seed', () => {
    const seen = new Set<string>()
    const print = { high: 0, low: 0 }
    let sameUnderOther = 0
    for (let n = 0; n < 100_000; n++) {
      const id = n.toString(16).padStart(32, '0')
      fingerprint(id, seed, print)
      const key = `${print.high} ${print.low}`
      seen.add(key)
      fingerprint(id, { high: 1, low: 2 }, print)
      if (`${print.high} ${print.low}` === key) sameUnderOther++
    }
    expect(seen.size).toBe(100_000)
    expect(sameUnderOther).toBe(0)
  })
})
