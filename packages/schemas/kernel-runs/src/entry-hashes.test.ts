// The four hashes of a ledger, against what the original and the seed's printed functions gave for ten of its lines.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linesOf, readVector } from '../conformance/check-file.ts'
import { contentHash, isValidContentHash } from './content-hash.ts'
import { canonicalHash, computeEntryHash, computeLedgerHash, serializeLedgerEntry } from './entry-hashes.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import { LedgerHasher } from './ledger-hasher.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const samples = JSON.parse(decoder.decode(readVector('hash_samples.json'))) as {
  readonly entry_hash_spec_no_lf: readonly string[]
  readonly canonicalHash_impl_with_lf: readonly string[]
  readonly ledger_hash_spec: string
  readonly file_bytes_sha256_of_those_lines: string
}

function entriesOf(path: string): LedgerEntry[] {
  return linesOf(readVector(path)).map(({ bytes }) => JSON.parse(decoder.decode(bytes)) as LedgerEntry)
}

describe('the samples', () => {
  const lines = linesOf(readVector('corrupt/clean.jsonl')).slice(0, 10)
  const entries = entriesOf('corrupt/clean.jsonl').slice(0, 10)

  it('entries, without LF', () => expect(entries.map(computeEntryHash)).toEqual(samples.entry_hash_spec_no_lf))
  it('content, with LF', () => expect(entries.map(canonicalHash)).toEqual(samples.canonicalHash_impl_with_lf))
  it('the ledger', () => expect(computeLedgerHash(entries)).toBe(samples.ledger_hash_spec))
  it('lines are the texts of their entries', () =>
    expect(entries.map(serializeLedgerEntry)).toEqual(lines.map(({ bytes }) => decoder.decode(bytes))))

  it('the ledger hash is not that of the file', () => {
    const file = contentHash(entries.map((entry) => `${serializeLedgerEntry(entry)}\n`).join(''))
    expect(file).toBe(samples.file_bytes_sha256_of_those_lines)
    expect(file).not.toBe(samples.ledger_hash_spec)
  })
})

describe('LedgerHasher', () => {
  const hashLines = (lines: readonly (string | Uint8Array)[]): string => {
    const hasher = new LedgerHasher()
    for (const line of lines) hasher.addLine(typeof line === 'string' ? encoder.encode(line) : line)
    return hasher.digest()
  }

  for (const path of ['real_cli_runs.jsonl', 'real_concurrent_8procs.jsonl', 'corrupt/clean.jsonl'])
    it(`agrees over ${path}, line by line`, () => {
      const entries = entriesOf(path)
      const hasher = new LedgerHasher()
      for (const [i, { bytes }] of linesOf(readVector(path)).entries()) {
        hasher.addLine(bytes)
        expect(hasher.digest()).toBe(computeLedgerHash(entries.slice(0, i + 1)))
      }
      expect(hasher.entryCount).toBe(entries.length)
    })

  it('an empty ledger has the hash of the empty text', () => {
    const empty = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    expect(computeLedgerHash([])).toBe(empty)
    expect(hashLines(['', '\r', ' \t'])).toBe(empty)
  })

  it('takes entries, whatever their spelling and blank lines between them', () => {
    const clean = hashLines(linesOf(readVector('corrupt/clean.jsonl')).map(({ bytes }) => bytes))
    for (const name of ['blank_lines', 'crlf', 'no_final_newline', 'not_canonical_ws'])
      expect(hashLines(linesOf(readVector(`corrupt/${name}.jsonl`)).map(({ bytes }) => bytes))).toBe(clean)
  })

  it('includes fields it does not know', () => {
    const lines = linesOf(readVector('corrupt/unknown_field.jsonl')).map(({ bytes }) => bytes)
    expect(hashLines(lines)).toBe(computeLedgerHash(entriesOf('corrupt/unknown_field.jsonl')))
    expect(hashLines(lines)).not.toBe(computeLedgerHash(entriesOf('corrupt/clean.jsonl')))
  })

  it('agrees over any JSON objects', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true })), (values) => {
        fc.pre(!JSON.stringify(values).includes('__proto__'))
        expect(hashLines(values.map((value) => JSON.stringify(value, null, 1).replaceAll('\n', ' ')))).toBe(
          computeLedgerHash(values as unknown as LedgerEntry[]),
        )
      }),
    )
  })

  const refused = [
    { name: 'a torn line', input: '{"run_id":', want: { reason: 'json-invalid', offset: 10 } },
    { name: 'no object', input: 'null', want: { reason: 'not-an-object' } },
    { name: 'an overflow', input: '{"a":1e400}', want: { reason: 'non-finite-number', path: '/a' } },
  ]
  for (const { name, input, want } of refused)
    it(`refuses ${name} and stays as it was`, () => {
      const hasher = new LedgerHasher()
      hasher.addLine(encoder.encode('{}'))
      const before = hasher.digest()
      expect(() => hasher.addLine(encoder.encode(input))).toThrow(
        expect.objectContaining({ code: 'EVENT_INVALID', details: want }),
      )
      expect(hasher.digest()).toBe(before)
      expect(hasher.entryCount).toBe(1)
    })
})

describe('isValidContentHash', () => {
  const digits = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  const cases = [
    { name: 'a hash', input: `sha256:${digits}`, want: true },
    { name: 'no prefix', input: digits, want: false },
    { name: 'an upper-case prefix', input: `SHA256:${digits}`, want: false },
    { name: 'upper-case digits', input: `sha256:${digits.toUpperCase()}`, want: false },
    { name: 'a digit too few', input: `sha256:${digits.slice(1)}`, want: false },
    { name: 'a digit too many', input: `sha256:${digits}0`, want: false },
    { name: 'a line feed behind it', input: `sha256:${digits}\n`, want: false },
    { name: 'a blank before it', input: ` sha256:${digits}`, want: false },
    { name: 'null', input: null, want: false },
    { name: 'an array of one', input: [`sha256:${digits}`], want: false },
  ]
  for (const { name, input, want } of cases) it(name, () => expect(isValidContentHash(input)).toBe(want))
})

it('hashes an intent as the bytes it is', () => {
  expect(contentHash(encoder.encode('{ }'))).not.toBe(canonicalHash({}))
  expect(contentHash(encoder.encode('{}\n'))).toBe(canonicalHash({}))
})
