import { sha256Hex } from '@ledgerd/canonical'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readVector } from '../conformance/check-file.ts'
import { canonicalize, UnsupportedValue } from './canonicalize.ts'
import { canonicalHash } from './entry-hashes.ts'

interface CanonicalVector {
  readonly note: string
  readonly js: string
  readonly ok: boolean
  readonly canonical: string
  readonly sha256_no_lf: string
  readonly canonicalHash_with_lf: string
  readonly error: string
}

const vectors = new TextDecoder()
  .decode(readVector('canonicalize_vectors.jsonl'))
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as CanonicalVector)

/** Where `js` is no JSON text, the value is made here. */
const valuesByNote: Readonly<Record<string, unknown>> = {
  'undefined at top': undefined,
  'hole in array': Object.assign(Array.from({ length: 0 }), { 0: 1, 2: 2 }),
  Infinity: [Infinity],
  'function prop': { f() {} },
  'symbol key ignored': { [Symbol('k')]: 1, a: 2 },
  'Map/Set become {}': { m: new Map(), s: new Set() },
  boxed: { n: Object(1), s: Object('x') },
  'null prototype': Object.assign(Object.create(null), { b: 1, a: 2 }),
  'negative zero value': { z: -0 },
}

/** The original bends these; ours refuses them (formats §1.3). */
const refusedByUs: Readonly<Record<string, string>> = {
  'hole in array': 'Unsupported value at $[1]: array hole cannot be canonicalized',
  'Map/Set become {}': 'Unsupported value at $.m: an instance of Map cannot be canonicalized',
  boxed: 'Unsupported value at $.n: an instance of Number cannot be canonicalized',
}

describe('the vectors of the original', () => {
  it('are all there', () => expect(vectors).toHaveLength(25))

  for (const { note, js, ok, canonical, sha256_no_lf, canonicalHash_with_lf, error } of vectors)
    it(note, () => {
      const isJson = note.startsWith('json ')
      if (!isJson) expect(Object.keys(valuesByNote)).toContain(note)
      const value: unknown = isJson ? JSON.parse(js) : valuesByNote[note]
      const refusal = refusedByUs[note] ?? (ok ? undefined : error)
      if (refusal !== undefined) {
        expect(() => canonicalize(value)).toThrow(UnsupportedValue)
        expect(() => canonicalize(value)).toThrow(refusal)
        return
      }
      expect(canonicalize(value)).toBe(canonical)
      expect(sha256Hex(canonicalize(value))).toBe(sha256_no_lf)
      expect(canonicalHash(value)).toBe(`sha256:${canonicalHash_with_lf}`)
    })
})

describe('values without a canonical text', () => {
  class Run {
    readonly id = 'run_a'
  }
  const cycle: Record<string, unknown> = {}
  cycle['again'] = [cycle]
  let deep: unknown = 0
  for (let i = 0; i < 1001; i++) deep = [deep]
  const cases = [
    { name: 'undefined as a member', input: { a: undefined }, want: '$.a: undefined' },
    { name: 'undefined as an item', input: [0, undefined], want: '$[1]: undefined' },
    { name: 'NaN', input: { a: [{ b: NaN }] }, want: '$.a[0].b: number' },
    { name: 'minus infinity', input: -Infinity, want: '$: number' },
    { name: 'bigint', input: { a: 1n }, want: '$.a: bigint' },
    { name: 'symbol', input: { a: Symbol('x') }, want: '$.a: symbol' },
    { name: 'Date', input: { a: new Date(0) }, want: '$.a: an instance of Date' },
    { name: 'typed array', input: new Uint8Array(1), want: '$: an instance of Uint8Array' },
    { name: 'class instance', input: [new Run()], want: '$[0]: an instance of Run' },
    { name: 'boxed boolean', input: Object(false), want: '$: an instance of Boolean' },
    { name: '__proto__', input: JSON.parse('{"a":{"__proto__":1}}'), want: '$.a.__proto__: the key __proto__' },
    { name: 'a cycle', input: cycle, want: '$.again[0]: a cycle' },
    { name: 'a key with a slash and a tilde', input: { 'a/b~1': undefined }, want: '$.a/b~1: undefined' },
  ]
  for (const { name, input, want } of cases)
    it(name, () => expect(() => canonicalize(input)).toThrow(`Unsupported value at ${want} cannot be canonicalized`))

  it('depth over 1,000', () => {
    expect(() => canonicalize(deep)).toThrow('nesting over 1000 deep')
    expect(canonicalize((deep as unknown[])[0])).toBe('['.repeat(1000) + '0' + ']'.repeat(1000))
  })

  it('says where as data, too', () => {
    try {
      canonicalize({ steps: [{ run: undefined }] })
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ name: 'UnsupportedValue', path: '$.steps[0].run' })
    }
  })
})

it('reads back as the same value, and is the same for any order of members', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      fc.pre(!JSON.stringify(value).includes('__proto__'))
      const text = canonicalize(value)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(canonicalize(reversed(value))).toBe(text)
    }),
  )
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  )
}
