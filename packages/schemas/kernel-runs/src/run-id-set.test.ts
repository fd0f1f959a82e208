import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RunIdSet } from './run-id-set.ts'

describe('RunIdSet', () => {
  it('says what a Set says, whatever is added and taken out again', () => {
    const step = fc.record({ kind: fc.constantFrom('add', 'remove', 'has'), id: fc.nat(400) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 2000 }), (steps) => {
        const ids = new RunIdSet()
        const model = new Set<string>()
        for (const { kind, id } of steps) {
          const runId = `hr_${id}`
          if (kind === 'add') {
            expect(ids.add(runId)).toBe(!model.has(runId))
            model.add(runId)
          } else if (kind === 'remove') {
            ids.remove(runId)
            model.delete(runId)
          } else expect(ids.has(runId)).toBe(model.has(runId))
          expect(ids.size).toBe(model.size)
        }
      }),
    )
  })

  it('keeps every id while it grows, in 16 to 32 bytes each', () => {
    const ids = new RunIdSet()
    const count = 50_000
    for (let i = 0; i < count; i++) expect(ids.add(`run-${i}`)).toBe(true)
    for (let i = 0; i < count; i++) if (!ids.has(`run-${i}`)) expect.fail(`run-${i} was forgotten`)
    expect(ids.has('run--1')).toBe(false)
    expect(ids.bytes / count).toBeGreaterThanOrEqual(16)
    expect(ids.bytes / count).toBeLessThanOrEqual(33)
    for (let i = 0; i < count; i += 2) ids.remove(`run-${i}`)
    for (let i = 0; i < count; i++) if (ids.has(`run-${i}`) !== (i % 2 === 1)) expect.fail(`run-${i} is wrong`)
    expect(ids.size).toBe(count / 2)
  })

  it('tells ids apart that differ in case, blanks or length', () => {
    const ids = new RunIdSet()
    for (const id of ['', 'a', 'A', 'a ', 'aa', '\u0000']) expect(ids.add(id)).toBe(true)
    for (const id of ['', 'a', 'A', 'a ', 'aa', '\u0000']) expect(ids.add(id)).toBe(false)
    ids.remove('never there')
    expect(ids.size).toBe(6)
  })
})
