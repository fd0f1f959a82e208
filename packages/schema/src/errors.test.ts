import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { errorCodes, formatError, invariant, LedgerError, parseError } from './errors.ts'
import type { ErrorCode } from './errors.ts'

const protocol = readFileSync(new URL('../../../PROTOCOL.md', import.meta.url), 'utf8')

interface Row {
  readonly codes: readonly string[]
  readonly retry: string
  readonly outcome: string
}

/** The table of PROTOCOL.md §7. */
function readTable(): Row[] {
  const section = protocol.slice(protocol.indexOf('## 7. Errors'))
  const rows: Row[] = []
  for (const line of section.split('\n')) {
    const [, code = '', , retry = '', outcome = ''] = line.split('|').map((cell) => cell.trim())
    const codes = [...code.matchAll(/`([A-Z_]+)`/g)].map((match) => match[1] ?? '')
    if (codes.length > 0) rows.push({ codes, retry, outcome })
  }
  return rows
}

describe('the closed list of codes', () => {
  const table = readTable()
  const documented = table.flatMap((row) => row.codes)

  it('is the one in PROTOCOL.md', () => {
    expect([...documented].sort()).toEqual(Object.keys(errorCodes).sort())
    expect(new Set(documented).size).toBe(documented.length)
  })

  for (const { codes, retry, outcome } of table)
    for (const code of codes)
      it(`says of ${code} what the protocol says`, () => {
        const facts = errorCodes[code as ErrorCode]
        expect(facts.retryable).toBe(retry === 'yes')
        // Rows such as "unknown once sent, else absent" name several outcomes; ours must be one of them.
        if (outcome === '–') expect(facts.outcome).toBeUndefined()
        else expect(outcome).toContain(facts.outcome)
      })
})

describe('LedgerError', () => {
  it('quotes half a surrogate pair as a replacement character, and whole ones as they are', () => {
    const error = new LedgerError('VALUE_REFUSED', 'no \udfff, no \ud800, but \u{1f5dd}')
    expect(formatError(error).message).toBe('no \ufffd, no \ufffd, but \u{1f5dd}')
  })

  it('starts its message with the code and takes its facts from the list', () => {
    const error = new LedgerError('QUEUE_FULL', 'Slow down.', { retryAfterMs: 20 })
    expect(error.message).toBe('QUEUE_FULL: Slow down.')
    expect(error).toMatchObject({ retryable: true, outcome: 'absent', retryAfterMs: 20, details: {} })
  })

  it('keeps a stated outcome and cause', () => {
    const cause = new Error('socket')
    const error = new LedgerError('LEDGER_STOPPED', 'A sync failed.', { outcome: 'unknown', cause })
    expect(error).toMatchObject({ outcome: 'unknown', cause })
  })

  for (const code of Object.keys(errorCodes) as ErrorCode[])
    it(`survives the wire: ${code}`, () => {
      const error = new LedgerError(code, 'A sentence.', { details: { seq: 7 }, retryAfterMs: 5 })
      const copy = parseError(JSON.parse(JSON.stringify(formatError(error))))
      expect(copy).toEqual(error)
      expect(copy).toMatchObject({ retryable: error.retryable, outcome: error.outcome, details: { seq: 7 } })
    })

  it('turns a code it does not know into INTERNAL and keeps the text', () => {
    const document = { code: 'NEW_CODE' as ErrorCode, message: 'Later.', retryable: false }
    expect(parseError(document)).toMatchObject({ code: 'INTERNAL', message: 'INTERNAL: NEW_CODE: Later.' })
  })

  it('does not take an inherited name for a code', () => {
    const document = { code: 'toString' as ErrorCode, message: 'x', retryable: false }
    expect(parseError(document).code).toBe('INTERNAL')
  })
})

describe('errors of another copy of this package', () => {
  it('are known by their brand, and nothing else is', async () => {
    vi.resetModules()
    const other = await import('./errors.ts')
    expect(other.LedgerError).not.toBe(LedgerError)
    expect(new other.LedgerError('BUSY', 'Wait.')).toBeInstanceOf(LedgerError)
    for (const value of [new Error('BUSY: Wait.'), { code: 'BUSY' }, null, 'BUSY'])
      expect(value instanceof LedgerError).toBe(false)
  })
})

describe('invariant', () => {
  it('passes what holds and crashes on what does not', () => {
    expect(() => invariant(1, 'one')).not.toThrow()
    expect(() => invariant(0, 'a sentence')).toThrow('Invariant broken: a sentence')
  })
})
