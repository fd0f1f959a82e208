import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dialect } from './dialect.ts'
import { formatNode } from './format-node.ts'
import { type FormatValueOptions, formatValue } from './format-value.ts'
import { sha256Hex } from './hash.ts'
import { Float } from './number-plan.ts'
import { parse } from './parse.ts'
import { ValueRefused } from './value-refused.ts'

function vectors<Row>(name: string): Row[] {
  const text = readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
}

/** The text, or the refusal as `reason pointer`. */
function outcome(value: unknown, dialect: Dialect, options?: FormatValueOptions): string {
  try {
    return formatValue(value, dialect, options)
  } catch (error) {
    if (error instanceof ValueRefused) return `${error.reason} ${error.path}`
    throw error
  }
}

describe('formatValue', () => {
  const mixed = { b: [1, 1.5, -0, 10n], '\uff5e': 'é/\n', '😀': true, a: null }
  const cases: { name: string; value: unknown; dialect: Dialect; options?: FormatValueOptions; want: string }[] = [
    {
      name: 'python',
      value: mixed,
      dialect: 'python',
      want: '{"a": null, "b": [1, 1.5, -0.0, 10], "\uff5e": "é/\\n", "😀": true}',
    },
    {
      name: 'ascii',
      value: mixed,
      dialect: 'python-compact-ascii',
      want: '{"a":null,"b":[1,1.5,-0.0,10],"\\uff5e":"\\u00e9/\\n","\\ud83d\\ude00":true}',
    },
    { name: 'jcs', value: { ...mixed, b: -0 }, dialect: 'jcs', want: '{"a":null,"b":0,"😀":true,"\uff5e":"é/\\n"}' },
    { name: 'plain', value: { z: 1, a: [1e21, 1e-7] }, dialect: 'plain', want: '{"z":1,"a":[1e+21,1e-7]}' },
    { name: 'large integral number', value: 1e21, dialect: 'python', want: '1000000000000000000000' },
    {
      name: 'large integral number as float',
      value: 1e21,
      dialect: 'python',
      options: { plan: 'float' },
      want: '1e+21',
    },
    { name: 'explicit float', value: [new Float(1), new Float(-0)], dialect: 'python', want: '[1.0, -0.0]' },
    { name: 'explicit float in JS', value: [new Float(1)], dialect: 'kernel', want: '[1]' },
    { name: 'bigint', value: -(10n ** 30n), dialect: 'python', want: `-1${'0'.repeat(30)}` },
    { name: 'bigint as float', value: 3n, dialect: 'python', options: { plan: 'float' }, want: '3.0' },
    { name: 'minus zero as integer', value: -0, dialect: 'python', options: { plan: 'integer' }, want: '0' },
    {
      name: 'a word holds below its place',
      value: { a: [1, { b: 2 }] },
      dialect: 'python',
      options: { plan: 'float' },
      want: '{"a": [1.0, {"b": 2.0}]}',
    },
    {
      name: 'members, rest and items',
      value: { id: 1, scores: [1, 2], other: 3, nested: { id: 4 } },
      dialect: 'python',
      options: { plan: { members: { id: 'integer', scores: { items: 'float' } }, rest: 'float' } },
      want: '{"id": 1, "nested": {"id": 4.0}, "other": 3.0, "scores": [1.0, 2.0]}',
    },
    {
      name: 'inherited names are no plan',
      value: { constructor: 1, toString: 2 },
      dialect: 'python',
      options: { plan: { members: {}, rest: 'float' } },
      want: '{"constructor": 1.0, "toString": 2.0}',
    },
    {
      name: 'a plan of another shape',
      value: { a: [1], b: { c: 1 } },
      dialect: 'python',
      options: { plan: { members: { a: { members: {}, rest: 'float' } }, rest: { items: 'float' } } },
      want: '{"a": [1], "b": {"c": 1}}',
    },
    {
      name: 'null prototype',
      value: Object.assign(Object.create(null), { b: 1, a: 2 }),
      dialect: 'kernel',
      want: '{"a":2,"b":1}',
    },
    { name: 'symbol keys are no members', value: { [Symbol('k')]: 1, a: 2 }, dialect: 'kernel', want: '{"a":2}' },
    {
      name: 'the same object twice is no cycle',
      value: ((one) => [one, one])({ a: 1 }),
      dialect: 'python',
      want: '[{"a": 1}, {"a": 1}]',
    },
    { name: 'depth at the limit', value: [[[]]], dialect: 'python', options: { depthMax: 3 }, want: '[[[]]]' },
    { name: 'scalars have no depth', value: 1, dialect: 'python', options: { depthMax: 0 }, want: '1' },
    { name: 'lone surrogate where a text exists', value: ['\udc00'], dialect: 'kernel', want: '["\\udc00"]' },
    {
      name: 'more members than insertion sorts',
      value: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${39 - i}`, 0])),
      dialect: 'kernel',
      want: `{${Array.from({ length: 40 }, (_, i) => `"k${i}":0`)
        .sort()
        .join()}}`,
    },
  ]
  it.each(cases)('writes $name', ({ value, dialect, options, want }) =>
    expect(formatValue(value, dialect, options)).toBe(want),
  )

  const loop: Record<string, unknown> = { a: [{}] }
  ;(loop['a'] as Record<string, unknown>[])[0]!['b'] = loop
  class Place {
    x = 1
  }
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])
  const refusals: { name: string; value: unknown; dialect?: Dialect; options?: FormatValueOptions; want: string }[] = [
    { name: 'undefined', value: undefined, want: 'unsupported ' },
    { name: 'undefined as a member', value: { a: undefined }, want: 'unsupported /a' },
    { name: 'undefined in plain', value: { a: undefined }, dialect: 'plain', want: 'unsupported /a' },
    { name: 'array hole', value: [1, , 2], want: 'unsupported /1' },
    { name: 'undefined as an item', value: [undefined], want: 'unsupported /0' },
    { name: 'function', value: { f() {} }, want: 'unsupported /f' },
    { name: 'symbol', value: [Symbol('s')], want: 'unsupported /0' },
    { name: 'Date', value: { a: new Date(0) }, want: 'unsupported /a' },
    { name: 'Map', value: new Map(), want: 'unsupported ' },
    { name: 'Set', value: [0, new Set()], want: 'unsupported /1' },
    { name: 'typed array', value: new Uint8Array(1), want: 'unsupported ' },
    { name: 'boxed number', value: Object(1), want: 'unsupported ' },
    { name: 'boxed string', value: Object('x'), want: 'unsupported ' },
    { name: 'class instance', value: { 'a/b': [new Place()] }, want: 'unsupported /a~1b/0' },
    { name: 'bigint in JS', value: { a: 1n }, dialect: 'jcs', want: 'unsupported /a' },
    { name: 'NaN', value: [Number.NaN], want: 'non-finite-number /0' },
    { name: 'infinity', value: { a: -Infinity }, dialect: 'kernel', want: 'non-finite-number /a' },
    { name: 'explicit infinite float', value: new Float(Infinity), want: 'non-finite-number ' },
    {
      name: 'bigint too large for a float',
      value: 10n ** 400n,
      options: { plan: 'float' },
      want: 'non-finite-number ',
    },
    { name: 'lone surrogate', value: { a: ['x\ud83d'] }, want: 'lone-surrogate /a/0' },
    {
      name: 'lone surrogate in a key',
      value: { a: { '\udc00': 1 } },
      dialect: 'jcs',
      want: 'lone-surrogate /a/\udc00',
    },
    {
      name: 'fraction where an integer is due',
      value: { id: 1.5 },
      options: { plan: { members: { id: 'integer' }, rest: 'any' } },
      want: 'not-integer /id',
    },
    {
      name: 'explicit float where an integer is due',
      value: new Float(1),
      options: { plan: 'integer' },
      want: 'not-integer ',
    },
    { name: 'own __proto__', value: JSON.parse('{"a": {"__proto__": 1}}'), want: 'proto-key /a/__proto__' },
    { name: 'depth over the limit', value: nested(65), want: `too-deep ${'/0'.repeat(64)}` },
    { name: 'cycle', value: { top: loop }, want: 'cycle /top/a/0/b' },
  ]
  it.each(refusals)('refuses $name', ({ value, dialect = 'python', options, want }) =>
    expect(outcome(value, dialect, options)).toBe(want),
  )

  it('says where and what in words', () => {
    expect(() => formatValue({ a: [new Place()] }, 'python')).toThrow('Unsupported value at /a/0: an instance of Place')
  })

  it('takes no depth that could end the call stack', () => {
    expect(() => formatValue([], 'python', { depthMax: 1001 })).toThrow(RangeError)
    expect(formatValue(nested(1000), 'python', { depthMax: 1000 })).toBe('['.repeat(1000) + '1' + ']'.repeat(1000))
  })
})

describe('formatValue, vectors', () => {
  it('python_float_repr', () => {
    const view = new DataView(new ArrayBuffer(8))
    for (const { bits, py } of vectors<{ bits: string; py: string }>('python_float_repr.jsonl')) {
      view.setBigUint64(0, BigInt(`0x${bits}`))
      const value = view.getFloat64(0)
      if (Number.isFinite(value)) expect(formatValue(value, 'python', { plan: 'float' })).toBe(py)
    }
  })

  it('string_escapes', () => {
    type Row = { cp: number[]; ascii: string; raw_utf8_hex: string | null }
    for (const { cp, ascii, raw_utf8_hex: hex } of vectors<Row>('string_escapes.jsonl')) {
      const value = cp.map((point) => String.fromCodePoint(point)).join('')
      expect(formatValue(value, 'python-ascii')).toBe(ascii)
      expect(outcome(value, 'python')).toBe(hex === null ? 'lone-surrogate ' : Buffer.from(hex, 'hex').toString())
    }
  })

  it('key_order', () => {
    type Row = { input_keys: string[]; sha256_src: string; sha256_doc: string }
    for (const row of vectors<Row>('key_order.jsonl')) {
      const value = Object.fromEntries(row.input_keys.map((key, i) => [key, i]))
      expect(sha256Hex(formatValue(value, 'python'))).toBe(row.sha256_src)
      expect(sha256Hex(formatValue(value, 'python-ascii'))).toBe(row.sha256_doc)
    }
  })

  it('ipc_hash', () => {
    type Row = { payload_json_text?: string; canonical: string }
    const plan = { members: { speaker_id: 'integer', listener_id: 'integer' }, rest: 'float' } as const
    for (const { payload_json_text: payload, canonical } of vectors<Row>('ipc_hash.jsonl')) {
      if (payload !== undefined) expect(formatValue(JSON.parse(payload), 'python', { plan })).toBe(canonical)
    }
  })

  it('canonicalize_vectors: the original, or a refusal where it was wrong', () => {
    const built: Record<string, { value: unknown; refusal?: string }> = {
      'undefined at top': { value: undefined, refusal: 'unsupported ' },
      'hole in array': { value: [1, , 2], refusal: 'unsupported /1' },
      Infinity: { value: [Infinity], refusal: 'non-finite-number /0' },
      'function prop': { value: { f() {} }, refusal: 'unsupported /f' },
      'symbol key ignored': { value: { [Symbol('k')]: 1, a: 2 } },
      'Map/Set become {}': { value: { m: new Map(), s: new Set() }, refusal: 'unsupported /m' },
      boxed: { value: { n: Object(1), s: Object('x') }, refusal: 'unsupported /n' },
      'null prototype': { value: Object.assign(Object.create(null), { b: 1, a: 2 }) },
      'negative zero value': { value: { z: -0 } },
    }
    for (const row of vectors<{ note: string; js: string; canonical: string }>('canonicalize_vectors.jsonl')) {
      const { value, refusal } = row.note.startsWith('json ') ? { value: JSON.parse(row.js) } : built[row.note]!
      expect([row.note, outcome(value, 'kernel')]).toEqual([row.note, refusal ?? row.canonical])
    }
  })
})

describe('formatValue, properties', () => {
  it.each<Dialect>(['python', 'python-ascii', 'python-compact', 'python-compact-ascii'])('%s reads back', (dialect) => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }), (value) => {
        const text = outcome(value, dialect)
        if (text.startsWith('proto-key')) return
        const result = parse(new TextEncoder().encode(text))
        expect(result.ok && formatNode(result.root, dialect)).toEqual({ ok: true, text })
        expect(JSON.parse(text)).toEqual(value)
      }),
    )
  })

  it('kernel and plain agree with JSON.stringify on the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }), (value) => {
        const text = outcome(value, 'plain')
        if (!text.startsWith('proto-key')) expect(text).toBe(JSON.stringify(value))
      }),
    )
  })
})
