import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dialect } from './dialect.ts'
import { type FormatOptions, type FormatResult, formatNode } from './format-node.ts'
import { contentHash, sha256Hex } from './hash.ts'
import { parse } from './parse.ts'

const encoder = new TextEncoder()

function formatText(text: string, dialect: Dialect, options?: FormatOptions): FormatResult {
  const result = parse(encoder.encode(text), { allowNonFinite: true })
  if (!result.ok) throw new Error(result.message)
  return formatNode(result.root, dialect, options)
}

function textOf(text: string, dialect: Dialect, options?: FormatOptions): string {
  const result = formatText(text, dialect, options)
  return result.ok ? result.text : `${result.code} ${result.path}`
}

function vectors<Row>(name: string): Row[] {
  const text = readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
}

const dialects: Dialect[] = [
  'python',
  'python-ascii',
  'python-compact',
  'python-compact-ascii',
  'kernel',
  'python-ordered',
  'jcs',
  'plain',
]

describe('formatNode, one text in each dialect', () => {
  const input = '{"b": [1.0, -0, 1E2, {}, []], "\uff5e": "\u007f\u2028é/\\u000A\\u001F", "😀": true, "a": null, "a": 1}'
  const raw = '"\u007f\u2028é/\\n\\u001f"'
  const ascii = '"\\u007f\\u2028\\u00e9/\\n\\u001f"'
  const want: Record<Dialect, string> = {
    python: `{"a": 1, "b": [1.0, 0, 100.0, {}, []], "\uff5e": ${raw}, "😀": true}`,
    'python-ascii': `{"a": 1, "b": [1.0, 0, 100.0, {}, []], "\\uff5e": ${ascii}, "\\ud83d\\ude00": true}`,
    'python-compact': `{"a":1,"b":[1.0,0,100.0,{},[]],"\uff5e":${raw},"😀":true}`,
    'python-compact-ascii': `{"a":1,"b":[1.0,0,100.0,{},[]],"\\uff5e":${ascii},"\\ud83d\\ude00":true}`,
    'python-ordered': `{"b": [1.0, 0, 100.0, {}, []], "\uff5e": ${raw}, "😀": true, "a": 1}`,
    kernel: `{"a":1,"b":[1,0,100,{},[]],"😀":true,"\uff5e":${raw}}`,
    jcs: `{"a":1,"b":[1,0,100,{},[]],"😀":true,"\uff5e":${raw}}`,
    plain: `{"b":[1,0,100,{},[]],"\uff5e":${raw},"😀":true,"a":1}`,
  }
  it.each(dialects)('%s', (dialect) => expect(textOf(input, dialect)).toBe(want[dialect]))
})

describe('formatNode, rules', () => {
  const cases: { name: string; input: string; dialect: Dialect; options?: FormatOptions; want: string }[] = [
    {
      name: 'the last repeated key replaces',
      input: '{"a":{"x":1},"a":{"y":2}}',
      dialect: 'python',
      want: '{"a": {"y": 2}}',
    },
    {
      name: 'and keeps the first place in plain',
      input: '{"a":1,"b":2,"a":3}',
      dialect: 'plain',
      want: '{"a":3,"b":2}',
    },
    { name: 'a prefix sorts first', input: '{"ab":1,"a":2,"":3}', dialect: 'python', want: '{"": 3, "a": 2, "ab": 1}' },
    { name: 'digits sort as text', input: '{"9":1,"10":2}', dialect: 'kernel', want: '{"10":2,"9":1}' },
    {
      name: 'plain keeps digits in place',
      input: '{"9":1,"10":2,"1":3}',
      dialect: 'plain',
      want: '{"9":1,"10":2,"1":3}',
    },
    {
      name: 'one top-level key left out',
      input: '{"a":{"b":1},"b":2}',
      dialect: 'python',
      options: { omit: 'b' },
      want: '{"a": {"b": 1}}',
    },
    { name: 'all left out', input: '{"b":2}', dialect: 'python', options: { omit: 'b' }, want: '{}' },
    { name: 'none to leave out', input: '["b"]', dialect: 'python', options: { omit: 'b' }, want: '["b"]' },
    { name: 'huge integer', input: '123456789012345678901', dialect: 'python', want: '123456789012345678901' },
    { name: 'huge integer in JS', input: '123456789012345678901', dialect: 'kernel', want: '123456789012345680000' },
    {
      name: 'non-finite tokens in Python',
      input: '[NaN,Infinity,-Infinity]',
      dialect: 'python',
      want: '[NaN, Infinity, -Infinity]',
    },
    { name: 'overflow in Python', input: '[1e400,-1e400]', dialect: 'python-compact', want: '[Infinity,-Infinity]' },
    { name: 'overflow in JS', input: '{"a":[0,1e400]}', dialect: 'jcs', want: 'non-finite-number /a/1' },
    { name: 'overflow of an integer in JS', input: '9'.repeat(400), dialect: 'kernel', want: 'non-finite-number ' },
    { name: 'NaN in JS', input: '{"a/b":NaN}', dialect: 'plain', want: 'non-finite-number /a~1b' },
    { name: 'lone surrogate, python', input: '[{"k":"\\ud800"}]', dialect: 'python', want: 'lone-surrogate /0/k' },
    { name: 'lone surrogate, compact', input: '"\\ud800"', dialect: 'python-compact', want: 'lone-surrogate ' },
    { name: 'lone surrogate, jcs', input: '[0,"\\udc00"]', dialect: 'jcs', want: 'lone-surrogate /1' },
    { name: 'lone surrogate, kernel', input: '"\\uDC00x"', dialect: 'kernel', want: '"\\udc00x"' },
    { name: 'lone surrogate, plain', input: '"\\uDC00x"', dialect: 'plain', want: '"\\udc00x"' },
    { name: 'lone surrogate, ascii', input: '"\\uDC00é"', dialect: 'python-ascii', want: '"\\udc00\\u00e9"' },
    {
      name: 'lone surrogate in a key',
      input: '{"a":{"\\udc00":1}}',
      dialect: 'python',
      want: 'lone-surrogate /a/\udc00',
    },
    {
      name: 'lone surrogate in the key of a container',
      input: '[{"\\udc00":[{}]}]',
      dialect: 'jcs',
      want: 'lone-surrogate /0/\udc00',
    },
    {
      name: 'a lone surrogate sorts as its code point',
      input: '{"\ue000":1,"\\ud83d\\ude00":2,"\\ud83dA":3}',
      dialect: 'python-compact-ascii',
      want: '{"\\ud83dA":3,"\\ue000":1,"\\ud83d\\ude00":2}',
    },
  ]
  it.each(cases)('$name', ({ input, dialect, options, want }) => expect(textOf(input, dialect, options)).toBe(want))
})

describe('formatNode, vectors', () => {
  it('python_float_repr, each way', () => {
    const view = new DataView(new ArrayBuffer(8))
    for (const { bits, py } of vectors<{ bits: string; py: string }>('python_float_repr.jsonl')) {
      view.setBigUint64(0, BigInt(`0x${bits}`))
      expect(textOf(py, 'python')).toBe(py)
      if (Number.isFinite(view.getFloat64(0))) expect(Number(py)).toBe(view.getFloat64(0))
    }
  })

  it('number_lexemes', () => {
    type Row = { lexeme: string; ok: boolean; pytype?: string; canonical?: string }
    for (const { lexeme, ok, canonical } of vectors<Row>('number_lexemes.jsonl')) {
      const result = parse(encoder.encode(lexeme), { allowNonFinite: true })
      expect([lexeme, result.ok]).toEqual([lexeme, ok])
      if (result.ok) expect(formatNode(result.root, 'python')).toEqual({ ok: true, text: canonical })
    }
  })

  it('string_escapes, each way', () => {
    type Row = { cp: number[]; ascii: string; raw_utf8_hex: string | null }
    for (const { cp, ascii, raw_utf8_hex: hex } of vectors<Row>('string_escapes.jsonl')) {
      const value = String.fromCharCode(...cp.flatMap((point) => String.fromCodePoint(point).split('').map(unitOf)))
      const raw = hex === null ? 'lone-surrogate ' : Buffer.from(hex, 'hex').toString()
      expect(textOf(ascii, 'python-ascii')).toBe(ascii)
      expect(textOf(ascii, 'python')).toBe(raw)
      if (hex !== null) expect(textOf(raw, 'python-ascii')).toBe(ascii)
      const result = parse(encoder.encode(ascii))
      expect(result.ok && result.root).toMatchObject({ kind: 'string', value })
    }
  })

  it('key_order', () => {
    type Row = { input_keys: string[]; sorted_keys: string[]; sha256_src: string; sha256_doc: string }
    for (const row of vectors<Row>('key_order.jsonl')) {
      const input = `{${row.input_keys.map((key, i) => `${JSON.stringify(key)}:${i}`).join(',')}}`
      const sorted = textOf(input, 'python')
      const result = parse(encoder.encode(sorted))
      const keys = result.ok && result.root.kind === 'object' ? result.root.members.map((member) => member.key) : []
      expect(keys).toEqual(row.sorted_keys)
      expect(sha256Hex(sorted)).toBe(row.sha256_src)
      expect(sha256Hex(textOf(input, 'python-ascii'))).toBe(row.sha256_doc)
    }
  })

  it('ipc_hash', () => {
    type Row = { payload_json_text?: string; canonical: string; ipc_hash: string; joined?: string; ipc_id?: string }
    const rows = vectors<Row>('ipc_hash.jsonl')
    for (const { payload_json_text: payload, canonical, ipc_hash: hash, joined, ipc_id: id } of rows) {
      if (joined !== undefined) expect(sha256Hex(joined)).toBe(id)
      if (payload === undefined) continue
      expect(textOf(payload, 'python')).toBe(canonical)
      expect(textOf(canonical, 'python')).toBe(canonical)
      expect(sha256Hex(canonical)).toBe(hash)
    }
    expect(rows.filter((row) => row.payload_json_text !== undefined)).toHaveLength(60)
  })

  it('canonicalize_vectors of JSON texts', () => {
    type Row = { note: string; js: string; canonical: string; sha256_no_lf: string; canonicalHash_with_lf: string }
    const rows = vectors<Row>('canonicalize_vectors.jsonl').filter((row) => row.note.startsWith('json '))
    for (const row of rows) {
      const text = textOf(row.js, 'kernel')
      expect(text).toBe(row.canonical)
      expect(sha256Hex(text)).toBe(row.sha256_no_lf)
      expect(contentHash('sha256', `${text}\n`)).toBe(`sha256:${row.canonicalHash_with_lf}`)
      expect(textOf(text, 'kernel')).toBe(text)
    }
    expect(rows).toHaveLength(16)
  })

  it('real lines: the checksum is that of everything else', () => {
    const lines = readFileSync(new URL('../vectors/world_events.jsonl', import.meta.url), 'utf8')
      .trimEnd()
      .split('\n')
    for (const line of lines) {
      const { _checksum: checksum } = JSON.parse(line) as { _checksum: string }
      expect(contentHash('sha256', textOf(line, 'python', { omit: '_checksum' }))).toBe(checksum)
      expect(textOf(line, 'python')).toBe(line)
    }
  })
})

describe('formatNode, properties', () => {
  it.each(dialects)('%s text reads back to itself', (dialect) => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5, stringUnit: 'binary' }), (input) => {
        const text = textOf(input, dialect)
        expect(textOf(text, dialect)).toBe(text)
        // 1.0 and 1 are one value to JavaScript.
        expect(JSON.parse(text)).toEqual(JSON.parse(input))
      }),
    )
  })
})

function unitOf(unit: string): number {
  return unit.charCodeAt(0)
}
