import { describe, expect, it } from 'vitest'
import { tallyFormat } from '../../test/tally-format.ts'
import type { AdmittedDraft } from '../contract.ts'
import { LedgerError } from '../errors.ts'
import { recordSchema } from './record-schema.ts'

const tally = recordSchema(tallyFormat)
const encoder = new TextEncoder()
const decoder = new TextDecoder()
const id = 'a'.repeat(32)
const timeMs = Date.UTC(2026, 0, 2, 3, 4, 5, 6)

function admit(draft: { readonly data: unknown; readonly id?: string; readonly type?: string }): AdmittedDraft {
  const text = tally.encodeDraft({ id, type: 'tallied', ...draft })
  return tally.openWriter({ ledger: 'shelf' }).admit(encoder.encode(text))
}

function seal(admitted: AdmittedDraft, atMs: number): string {
  const target = new Uint8Array(admitted.lineBytesMax)
  const end = tally.openWriter({ ledger: 'shelf' }).seal(admitted, { seq: 0, timeMs: atMs }, target, 0)
  return decoder.decode(target.subarray(0, end))
}

function errorOf(run: () => unknown): LedgerError {
  try {
    run()
  } catch (error) {
    if (error instanceof LedgerError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const good = { count: 1, weight: 2, note: null }

describe('recordSchema', () => {
  it('seals a draft as the canonical line of its record', () => {
    const line = seal(admit({ data: good }), timeMs)
    expect(line).toMatch(
      /^\{"data": \{"count": 1, "note": null, "weight": 2\.0\}, "hash": "[0-9a-f]{64}", "id": "a{32}", "time": "2026-01-02T03:04:05\.006Z", "type": "tallied", "version": 2\}\n$/,
    )
    const checker = tally.openChecker({ ledger: 'shelf' })
    const verdict = checker.check(encoder.encode(line.slice(0, -1)), { line: 1, offset: 0 })
    expect(verdict).toEqual({ findings: [], variant: 'plain', eventId: id, type: 'tallied' })
    expect(checker.finish()).toEqual([
      { code: 'tally-lonely', severity: 'W', line: 1, offset: 0, message: 'Only one line.' },
    ])
  })
})

describe('admission', () => {
  const drafts = [
    { name: 'a payload that does not fit', text: wire({ data: { ...good, count: 'x' } }), code: 'SCHEMA_INVALID' },
    { name: 'a rule about the draft', text: wire({ data: { ...good, count: 13 } }), code: 'SCHEMA_INVALID' },
    { name: 'an unknown type', text: wire({ type: 'told' }), code: 'SCHEMA_INVALID' },
    { name: 'an unknown member', text: wire({}).replace('"id"', '"extra": 1, "id"'), code: 'SCHEMA_INVALID' },
    { name: 'a line too long', text: wire({ data: { ...good, note: 'x'.repeat(65_500) } }), code: 'LINE_TOO_LONG' },
    { name: 'no object', text: '[]', code: 'SCHEMA_INVALID' },
    { name: 'a repeated key', text: wire({}).replace('"id"', '"id": "b", "id"'), code: 'VALUE_REFUSED' },
  ]
  for (const { name, text, code } of drafts)
    it(`refuses ${name}`, () => {
      expect(errorOf(() => tally.openWriter({ ledger: 'shelf' }).admit(encoder.encode(text))).code).toBe(code)
    })

  function wire(change: Readonly<Record<string, unknown>>): string {
    return JSON.stringify({ data: good, id, type: 'tallied', ...change })
  }
})
