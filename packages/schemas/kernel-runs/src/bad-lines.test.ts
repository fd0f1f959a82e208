// The table of bad input (formats §3.4), row by row: what the checker says of a stored line, with line, offset, pointer
// and rule. What a draft that tries to write the same is told, bad-drafts.test.ts shows.
import { describe, expect, it } from 'vitest'
import { checkBytes, linesOf, readVector } from '../conformance/check-file.ts'
import { hash } from '../conformance/run-desk.ts'

const encoder = new TextEncoder()
const ld1 = 'LD1_ONE_ENTRY_PER_LINE'
const ld2 = 'LD2_MONOTONIC_TIMESTAMPS'
const ld3 = 'LD3_UNIQUE_RUN_IDS'
const ld4 = 'LD4_VALID_CONTENT_HASHES'

const cleanLines = linesOf(readVector('corrupt/clean.jsonl')).map(({ bytes }) => new TextDecoder().decode(bytes))
const damagedLine = 6

/** A clean file in which line 6 is another. */
function fileWith(line: string | Uint8Array): Uint8Array {
  const pieces = cleanLines.map((clean, i) => (i + 1 === damagedLine ? line : clean))
  return Buffer.concat(pieces.flatMap((piece) => [Buffer.from(piece as string), Buffer.from('\n')]))
}

/** Line 6 with these members instead; undefined takes one out. */
function lineWith(changes: Readonly<Record<string, unknown>>): string {
  const entry = { ...(JSON.parse(cleanLines[damagedLine - 1] ?? '') as Record<string, unknown>), ...changes }
  return JSON.stringify(Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1))))
}

const offset = encoder.encode(cleanLines.slice(0, damagedLine - 1).join('\n') + '\n').length

interface StoredCase {
  readonly name: string
  readonly input: string | Uint8Array
  readonly want: readonly {
    readonly code: string
    readonly severity?: 'E' | 'W' | 'I'
    readonly path?: string
    readonly rule?: string
    readonly line?: number
  }[]
}

const keys = ['run_id', 'timestamp', 'intent_sha256', 'bundle_sha256', 'result_kind', 'accepted', 'mode', 'policy']

function rawLine(text: string, byte: number): Uint8Array {
  const bytes = encoder.encode(text)
  bytes[bytes.indexOf('?'.charCodeAt(0))] = byte
  return bytes
}

const stored: readonly StoredCase[] = [
  ...keys.map((key) => ({
    name: `no ${key}`,
    input: lineWith({ [key]: undefined }),
    want: [{ code: 'missing-field', path: `/${key}`, rule: ld1 }],
  })),
  ...['null', '"x"', '[]', '7', 'true'].map((input) => ({
    name: `the line ${input}`,
    input,
    want: [{ code: 'not-an-object', rule: ld1 }],
  })),
  ...['result_kind', 'mode', 'policy'].flatMap((key) =>
    ['EXECUTE', 'bundle', '', null, 7].map((value) => ({
      name: `${key} ${JSON.stringify(value)}`,
      input: lineWith({ [key]: value }),
      want: [{ code: 'wrong-type', path: `/${key}`, rule: ld1 }],
    })),
  ),
  ...['true', null, 1].map((value) => ({
    name: `accepted ${JSON.stringify(value)}`,
    input: lineWith({ accepted: value }),
    want: [{ code: 'wrong-type', path: '/accepted', rule: ld1 }],
  })),
  {
    name: 'an empty run_id',
    input: lineWith({ run_id: '' }),
    want: [{ code: 'run-id-empty', path: '/run_id', rule: ld1 }],
  },
  {
    name: 'a run_id that is a number',
    input: lineWith({ run_id: 7 }),
    want: [{ code: 'wrong-type', path: '/run_id', rule: ld1 }],
  },
  ...['intent_sha256', 'bundle_sha256'].flatMap((key) =>
    [hash.slice(0, -1), hash.toUpperCase(), hash.slice('sha256:'.length), `${hash}\n`, '', 7].map((value) => ({
      name: `${key} ${JSON.stringify(value)}`,
      input: lineWith({ [key]: value }),
      want: [{ code: 'hash-format', path: `/${key}`, rule: ld4 }],
    })),
  ),
  {
    name: 'null intent',
    input: lineWith({ intent_sha256: null }),
    want: [{ code: 'hash-format', path: '/intent_sha256', rule: ld4 }],
  },
  {
    name: 'a byte order mark in the middle of the file',
    input: `\ufeff${lineWith({})}`,
    want: [{ code: 'bom' }],
  },
  {
    name: 'invalid UTF-8 in an unknown field',
    input: rawLine(lineWith({ zz: '?' }), 0xff),
    want: [{ code: 'invalid-utf8' }],
  },
  {
    name: 'half a surrogate pair',
    input: lineWith({ zz: '\ud800' }),
    want: [{ code: 'lone-surrogate', severity: 'W', path: '/zz' }],
  },
  {
    name: 'NaN in an unknown field',
    input: lineWith({ zz: 0 }).replace('"zz":0', '"zz":NaN'),
    want: [{ code: 'json-invalid', rule: ld1 }],
  },
  {
    name: 'a time without a zone',
    input: lineWith({ timestamp: '2026-11-20T17:48:03.554' }),
    want: [{ code: 'timestamp-no-zone', path: '/timestamp', rule: ld1 }],
  },
  ...['2026-02-30T00:00:00.000Z', '2026-11-20T17:48:60.000Z', 'yesterday', '', 1_795_000_000_000, null].map(
    (timestamp) => ({
      name: `the time ${JSON.stringify(timestamp)}`,
      input: lineWith({ timestamp }),
      want: [{ code: 'timestamp-invalid', path: '/timestamp', rule: ld1 }],
    }),
  ),
  {
    name: 'a future stamp, then honest ones',
    input: lineWith({ timestamp: '2999-01-01T00:00:00Z' }),
    want: [
      { code: 'timestamp-backwards', path: '/timestamp', rule: ld2, line: 7 },
      { code: 'timestamp-future', severity: 'W', path: '/timestamp' },
    ],
  },
  {
    name: 'a run_id that an earlier line has',
    input: cleanLines[4] ?? '',
    want: [{ code: 'duplicate-run-id', path: '/run_id', rule: ld3 }],
  },
  { name: 'an unknown field', input: lineWith({ zz: { spec_version: '1.0.0' } }), want: [] },
  { name: 'odd blanks', input: lineWith({}).replace(',', ' ,\t'), want: [{ code: 'not-canonical', severity: 'I' }] },
  {
    name: 'odd order of keys',
    input: `{"timestamp":${JSON.stringify('2026-11-20T17:48:03.554Z')},${lineWith({ timestamp: undefined }).slice(1)}`,
    want: [{ code: 'not-canonical', severity: 'I' }],
  },
  {
    name: 'a needless escape',
    input: lineWith({}).replace('BUNDLE', '\\u0042UNDLE'),
    want: [{ code: 'not-canonical', severity: 'I' }],
  },
  { name: 'two entries on one line', input: lineWith({}) + lineWith({}), want: [{ code: 'glued-records', rule: ld1 }] },
  { name: 'NUL bytes', input: '\0\0\0', want: [{ code: 'nul-bytes', rule: ld1 }] },
  { name: 'a torn line', input: lineWith({}).slice(0, 100), want: [{ code: 'json-invalid', rule: ld1 }] },
  {
    name: 'a repeated key',
    input: lineWith({}).replace('"mode"', '"policy":"dev","mode"'),
    want: [
      { code: 'duplicate-key', path: '/policy' },
      { code: 'not-canonical', severity: 'I' },
    ],
  },
  {
    name: 'several things at once',
    input: lineWith({ policy: undefined, accepted: 'yes', timestamp: 'now', intent_sha256: null }),
    want: [
      { code: 'timestamp-invalid', path: '/timestamp', rule: ld1 },
      { code: 'hash-format', path: '/intent_sha256', rule: ld4 },
      { code: 'wrong-type', path: '/accepted', rule: ld1 },
      { code: 'missing-field', path: '/policy', rule: ld1 },
    ],
  },
  {
    name: 'BUNDLE without a bundle',
    input: lineWith({ bundle_sha256: null }),
    want: [{ code: 'bundle-inconsistent', severity: 'W', path: '/bundle_sha256' }],
  },
  {
    name: 'an accepted REFUSE',
    input: lineWith({ result_kind: 'REFUSE', bundle_sha256: null }),
    want: [{ code: 'accepted-inconsistent', severity: 'W', path: '/accepted' }],
  },
  { name: 'CLARIFY without a bundle', input: lineWith({ result_kind: 'CLARIFY', bundle_sha256: null }), want: [] },
  { name: 'CLARIFY with a bundle', input: lineWith({ result_kind: 'CLARIFY' }), want: [] },
]

describe('stored lines', () => {
  for (const { name, input, want } of stored)
    it(name, () => {
      const place = { line: damagedLine, offset }
      const found = checkBytes(fileWith(input)).findings.map(({ code, severity, line, offset: at, path, rule }) => ({
        ...{ code, severity, line },
        ...(line === damagedLine ? { offset: at } : {}),
        ...(path === undefined ? {} : { path }),
        ...(rule === undefined ? {} : { rule }),
      }))
      const wanted = want.map((one) => ({ severity: 'E', ...place, ...one }))
      expect(found.map(sortKeys).sort(byCode)).toEqual(
        wanted.map((one) => sortKeys(one.line === damagedLine ? one : { ...one, offset: undefined })).sort(byCode),
      )
    })

  it('a byte order mark at the start of the file', () => {
    const [finding] = checkBytes(Buffer.concat([Buffer.from('\ufeff'), readVector('corrupt/clean.jsonl')])).findings
    expect(finding).toMatchObject({ code: 'bom', severity: 'E', line: 1, offset: 0 })
  })

  it('a deleted line shows nothing, only a chain does', () => {
    expect(checkBytes(readVector('corrupt/deleted_middle.jsonl')).findings).toEqual([])
  })

  // The verifier asks for these two at level lines when a file does not end in LF.
  it('a whole last line without LF has no error, a torn one has', () => {
    const last = encoder.encode(cleanLines[19])
    for (let end = 1; end <= last.length; end++) {
      const { findings } = checkBytes(last.subarray(0, end), 'lines')
      expect(
        findings.some(({ severity }) => severity === 'E'),
        `${end} bytes`,
      ).toBe(end < last.length)
    }
  })
})

function sortKeys(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(),
  )
}

function byCode(a: Record<string, unknown>, b: Record<string, unknown>): number {
  return `${String(a['code'])}${String(a['path'])}` < `${String(b['code'])}${String(b['path'])}` ? -1 : 1
}
