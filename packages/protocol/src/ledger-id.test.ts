// Golden ledger ids and patterns.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkLedgerId, checkNewLedgerId, isLedgerId } from './ledger-id.ts'
import { compilePattern, isLedgerPattern } from './ledger-pattern.ts'

interface IdVector {
  readonly id: string
  readonly isLedgerId: boolean
  readonly isNewLedgerId: boolean
}
interface PatternVectors {
  readonly patterns: readonly { readonly pattern: string; readonly matches: string[]; readonly refuses: string[] }[]
  readonly malformed: readonly string[]
}

const ids = vectors<IdVector[]>('ledger-ids.json')
const { patterns, malformed } = vectors<PatternVectors>('ledger-patterns.json')

describe('ledger ids', () => {
  it.each(ids)('$id', (vector) => {
    expect(isLedgerId(vector.id)).toBe(vector.isLedgerId)
    expect(passes(() => checkLedgerId(vector.id))).toBe(vector.isLedgerId)
    expect(passes(() => checkNewLedgerId(vector.id))).toBe(vector.isNewLedgerId)
  })
})

describe('patterns', () => {
  it.each(patterns)('$pattern', ({ pattern, matches, refuses }) => {
    const test = compilePattern(pattern)
    for (const id of matches) expect([id, test(id)]).toEqual([id, true])
    for (const id of refuses) expect([id, test(id)]).toEqual([id, false])
  })

  it('include every ledger id, which stands for itself alone', () => {
    const rightIds = ids.filter((vector) => vector.isLedgerId)
    expect(rightIds.length).toBeGreaterThan(5)
    for (const { id } of rightIds) {
      expect(compilePattern(id)(id)).toBe(true)
      expect(compilePattern(id)(`${id}x`)).toBe(false)
    }
  })

  it.each(malformed)('refused: %s', (pattern) => {
    expect(isLedgerPattern(pattern)).toBe(false)
    expect(passes(() => compilePattern(pattern))).toBe(false)
  })
})

function passes(check: () => unknown): boolean {
  try {
    check()
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'LEDGER_ID_INVALID' })
    return false
  }
}

function vectors<Rows>(name: string): Rows {
  return JSON.parse(readFileSync(new URL(`../../../vectors/protocol/${name}`, import.meta.url), 'utf8')) as Rows
}
