import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatNode } from './format-node.ts'
import { parse } from './parse.ts'
import type { ParseOptions, ParseResult } from './parse-result.ts'

const encoder = new TextEncoder()
const lines = readFileSync(new URL('../vectors/world_events.jsonl', import.meta.url))
  .toString()
  .trimEnd()
  .split('\n')

function parseText(text: string, options?: ParseOptions): ParseResult {
  return parse(encoder.encode(text), options)
}

function outcome(result: ParseResult): string {
  return result.ok ? 'ok' : `${result.code}@${result.offset}`
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

const malformed: { name: string; input: string; want: string }[] = [
  { name: 'nothing', input: '', want: 'json-invalid@0' },
  { name: 'blanks only', input: ' \t\r\n', want: 'json-invalid@4' },
  { name: 'leading zero', input: '01', want: 'json-invalid@1' },
  { name: 'double zero', input: '[00]', want: 'json-invalid@2' },
  { name: 'plus sign', input: '+1', want: 'json-invalid@0' },
  { name: 'double minus', input: '--1', want: 'json-invalid@1' },
  { name: 'minus alone', input: '-', want: 'json-invalid@1' },
  { name: 'point without digits', input: '5.', want: 'json-invalid@2' },
  { name: 'point before digits', input: '.5', want: 'json-invalid@0' },
  { name: 'point then exponent', input: '1.e5', want: 'json-invalid@2' },
  { name: 'exponent sign alone', input: '1e+', want: 'json-invalid@3' },
  { name: 'exponent alone', input: '1.5e', want: 'json-invalid@4' },
  { name: 'underscore', input: '1_000', want: 'json-invalid@1' },
  { name: 'hex', input: '0x10', want: 'json-invalid@1' },
  { name: 'nan', input: 'nan', want: 'json-invalid@1' },
  { name: 'NaN', input: 'NaN', want: 'json-invalid@0' },
  { name: '-NaN', input: '-NaN', want: 'json-invalid@1' },
  { name: 'Infinity', input: '[Infinity]', want: 'json-invalid@1' },
  { name: '-Infinity', input: '-Infinity', want: 'json-invalid@1' },
  { name: 'digit of another script', input: '[٣]', want: 'json-invalid@1' },
  { name: 'cut literal', input: 'tru', want: 'json-invalid@3' },
  { name: 'longer literal', input: 'nullx', want: 'json-invalid@4' },
  { name: 'upper-case literal', input: 'True', want: 'json-invalid@0' },
  { name: 'string without an end', input: '"abc', want: 'json-invalid@4' },
  { name: 'string cut after a backslash', input: '"a\\', want: 'json-invalid@3' },
  { name: 'unknown escape', input: '"\\x41"', want: 'json-invalid@2' },
  { name: 'short unicode escape', input: '"\\u12"', want: 'json-invalid@5' },
  { name: 'upper-case U escape', input: '"\\U0041"', want: 'json-invalid@2' },
  { name: 'raw control', input: '"a\u0001"', want: 'json-invalid@2' },
  { name: 'raw tab', input: '"\t"', want: 'json-invalid@1' },
  { name: 'raw LF', input: '"\n"', want: 'json-invalid@1' },
  { name: 'single quotes', input: "{'a': 1}", want: 'json-invalid@1' },
  { name: 'bare key', input: '{a: 1}', want: 'json-invalid@1' },
  { name: 'number as key', input: '{1: 1}', want: 'json-invalid@1' },
  { name: 'trailing comma in an object', input: '{"a": 1,}', want: 'json-invalid@8' },
  { name: 'trailing comma in an array', input: '[1,]', want: 'json-invalid@3' },
  { name: 'leading comma', input: '[,1]', want: 'json-invalid@1' },
  { name: 'missing comma', input: '[1 2]', want: 'json-invalid@3' },
  { name: 'missing colon', input: '{"a" 1}', want: 'json-invalid@5' },
  { name: 'missing value', input: '{"a":}', want: 'json-invalid@5' },
  { name: 'mismatched closer', input: '[1}', want: 'json-invalid@2' },
  { name: 'closer alone', input: ']', want: 'json-invalid@0' },
  { name: 'open object', input: '{"a": 1', want: 'json-invalid@7' },
  { name: 'open array', input: '[[1]', want: 'json-invalid@4' },
  { name: 'comment', input: '{} // x', want: 'json-invalid@3' },
  { name: 'no-break space is no blank', input: '[\u00a01]', want: 'json-invalid@1' },
  { name: 'offsets count bytes, not units', input: '["é😀" x]', want: 'json-invalid@10' },
  { name: 'two objects', input: '{"a": 1}{"b": 2}', want: 'glued-records@8' },
  { name: 'two objects apart', input: '{} \t {}', want: 'glued-records@5' },
  { name: 'object and fragment', input: '[1]{"a', want: 'glued-records@3' },
  { name: 'two strings', input: '"é""b"', want: 'glued-records@4' },
  { name: 'two numbers', input: '1 2', want: 'glued-records@2' },
  { name: 'one closer too many', input: '{}}', want: 'json-invalid@2' },
  { name: 'BOM', input: '\ufeff{}', want: 'bom@0' },
  { name: 'NUL block', input: '{"a": \0\0\0}', want: 'nul-bytes@6' },
  { name: 'NUL in a string', input: '"é\0"', want: 'nul-bytes@3' },
]

const illFormed: { name: string; input: Uint8Array; want: string }[] = [
  { name: 'CP1252 byte', input: latin1('{"a": "\x93"}'), want: 'invalid-utf8@7' },
  { name: 'CESU-8', input: latin1('"ab\xed\xa0\xbd\xed\xb8\x80"'), want: 'invalid-utf8@3' },
  { name: 'overlong slash', input: latin1('"\xc0\xaf"'), want: 'invalid-utf8@1' },
  { name: 'overlong three bytes', input: latin1('"\xe0\x80\xaf"'), want: 'invalid-utf8@1' },
  { name: 'overlong four bytes', input: latin1('"\xf0\x80\x80\xaf"'), want: 'invalid-utf8@1' },
  { name: 'above U+10FFFF', input: latin1('"\xf4\x90\x80\x80"'), want: 'invalid-utf8@1' },
  { name: 'cut sequence', input: latin1('"\xe2\x82'), want: 'invalid-utf8@1' },
  { name: 'lone continuation', input: latin1('é'.slice(0, 0) + '\x80'), want: 'invalid-utf8@0' },
  { name: 'encoding is judged before grammar', input: latin1('{]\0\xff'), want: 'invalid-utf8@3' },
]

describe('parse refuses', () => {
  it.each(malformed)('$name', ({ input, want }) => expect(outcome(parseText(input))).toBe(want))
  it.each(illFormed)('$name', ({ input, want }) => expect(outcome(parse(input))).toBe(want))
  it('says code and offset in words, too', () => {
    expect(parseText('[01]')).toMatchObject({ message: "expected ',' or ']' at byte 2" })
  })
})

describe('parse limits', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  const limits: { name: string; input: string; options?: ParseOptions; want: string }[] = [
    { name: 'depth at the limit', input: nested(1000), want: 'ok' },
    { name: 'depth over the limit', input: nested(1001), want: 'too-deep@1000' },
    { name: 'depth given', input: '{"a": {"b": [1]}}', options: { depthMax: 2 }, want: 'too-deep@12' },
    { name: 'depth is no count of containers', input: '[[],[],[],[]]', options: { depthMax: 2 }, want: 'ok' },
    { name: 'scalars have no depth', input: '1', options: { depthMax: 0 }, want: 'ok' },
    { name: 'integer at the limit', input: `-${'9'.repeat(4300)}`, want: 'ok' },
    { name: 'integer over the limit', input: `[${'9'.repeat(4301)}]`, want: 'number-too-long@1' },
    { name: 'digits given', input: '[1, 1234]', options: { integerDigitsMax: 3 }, want: 'number-too-long@4' },
    { name: 'long floats are no integers', input: `0.${'1'.repeat(5000)}`, want: 'ok' },
  ]
  it.each(limits)('$name', ({ input, options, want }) => expect(outcome(parseText(input, options))).toBe(want))

  it.each([
    { name: 'arrays', input: '['.repeat(1_000_000), want: 'too-deep@1000' },
    { name: 'objects', input: '{"a":'.repeat(1_000_000), want: 'too-deep@5000' },
  ])('stops at a million open $name', ({ input, want }) => expect(outcome(parseText(input))).toBe(want))

  it('reads and writes a million levels where it is told to', () => {
    const text = nested(1_000_000)
    const result = parseText(text, { depthMax: 1_000_000 })
    if (!result.ok) throw new Error(result.message)
    expect(formatNode(result.root, 'python')).toEqual({ ok: true, text })
  })

  const size = 16 * 1024 * 1024
  it.each([
    { name: 'one string', input: `"${'x'.repeat(size)}"` },
    { name: 'one escaped string', input: `"${'\\n'.repeat(size / 2)}"` },
    { name: 'commas', input: `[${'0,'.repeat(size / 4)}0]` },
    { name: 'blanks', input: ' '.repeat(size) + '1' },
    { name: 'one repeated key', input: `{${'"":0,'.repeat(size / 8)}"":0}` },
    { name: 'a float', input: `0.${'1'.repeat(size)}` },
  ])('takes a line of many megabytes: $name', ({ input }) => expect(outcome(parseText(input))).toBe('ok'))

  it('keeps the first hundred findings of a line', () => {
    const result = parseText(`[${'"\\ud800",'.repeat(500)}0]`)
    expect(result.ok && result.findings.length).toBe(100)
  })
})

describe('parse finds', () => {
  const cases: { name: string; input: string; options?: ParseOptions; want: string[] }[] = [
    { name: 'nothing in a clean text', input: '{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}', want: [] },
    { name: 'a repeated key', input: '{"a": 1, "a": 2}', want: ['duplicate-key@9 /a'] },
    { name: 'a key repeated behind an escape', input: '{"a": 1, "\\u0061": 2}', want: ['duplicate-key@9 /a'] },
    { name: 'a third one', input: '{"a":1,"a":2,"a":3}', want: ['duplicate-key@7 /a', 'duplicate-key@13 /a'] },
    { name: 'one at depth', input: '[0,{"x":[{"k":1,"k":1}]}]', want: ['duplicate-key@16 /1/x/0/k'] },
    {
      name: 'one among many keys',
      input: `{${Array.from({ length: 20 }, (_, i) => `"k${i}":0`).join()},"k3":1,"k19":1}`,
      want: ['duplicate-key@151 /k3', 'duplicate-key@158 /k19'],
    },
    {
      name: 'places behind closed and within open containers',
      input: '[[0], {"a": [[], {"b": [1], "c": [2, {}, [3, "\\ud800"]]}]}]',
      want: ['lone-surrogate@46 /1/a/1/c/2/1'],
    },
    { name: 'a pointer that needs escapes', input: '{"a/b~":{"":1,"":2}}', want: ['duplicate-key@14 /a~1b~0/'] },
    { name: 'a lone high surrogate', input: '["é", "x\\ud83d"]', want: ['lone-surrogate@9 /1'] },
    { name: 'a lone low surrogate', input: '"\\ude00"', want: ['lone-surrogate@1 '] },
    { name: 'two high surrogates', input: '"\\ud83d\\ud83d\\ude00"', want: ['lone-surrogate@1 '] },
    { name: 'high, text, low', input: '"\\ud83dx\\ude00"', want: ['lone-surrogate@1 '] },
    { name: 'high, escape, low', input: '"\\ud83d\\n\\ude00"', want: ['lone-surrogate@1 '] },
    { name: 'low before high', input: '"\\ude00\\ud83d"', want: ['lone-surrogate@1 '] },
    { name: 'no fault in a pair', input: '"\\ud83d\\ude00"', want: [] },
    { name: 'a lone surrogate in a key', input: '{"\\ud800": "\\ud83d\\ude00"}', want: ['lone-surrogate@2 /\ud800'] },
    {
      name: 'non-finite tokens where they are read',
      input: '[NaN, Infinity, {"a": -Infinity}]',
      options: { allowNonFinite: true },
      want: ['non-finite-number@1 /0', 'non-finite-number@6 /1', 'non-finite-number@22 /2/a'],
    },
    { name: 'overflow', input: '[1e308, -1e400]', want: ['non-finite-number@8 /1'] },
    { name: 'no overflow in integers', input: `[${'9'.repeat(400)}]`, want: [] },
  ]
  it.each(cases)('$name', ({ input, options, want }) => {
    const result = parseText(input, options)
    if (!result.ok) throw new Error(result.message)
    expect(result.findings.map((found) => `${found.code}@${found.offset} ${found.path}`)).toEqual(want)
  })
})

describe('parse keeps', () => {
  it('lexemes, member order, repeats and byte offsets', () => {
    const text = '{"é": 1.0, "b": ["😀", -0, null], "é": {}} '
    const result = parseText(text)
    if (!result.ok || result.root.kind !== 'object') throw new Error('not an object')
    const bytes = encoder.encode(text)
    const textOf = (node: { start: number; end: number }): string =>
      new TextDecoder().decode(bytes.subarray(node.start, node.end))
    expect(textOf(result.root)).toBe(text.trimEnd())
    expect(result.root.members.map((member) => [member.key, textOf(member.value)])).toEqual([
      ['é', '1.0'],
      ['b', '["😀", -0, null]'],
      ['é', '{}'],
    ])
    const list = result.root.members[1]!.value
    expect(list.kind === 'array' && list.items.map(textOf)).toEqual(['"😀"', '-0', 'null'])
    for (const member of result.root.members) expect(bytes[member.keyStart]).toBe(0x22)
  })

  it('the value that JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        const result = parseText(text)
        expect(result.ok && formatNode(result.root, 'plain')).toMatchObject({ ok: true })
        if (result.ok) {
          const plain = formatNode(result.root, 'plain')
          expect(plain.ok && JSON.parse(plain.text)).toEqual(JSON.parse(text))
        }
      }),
    )
  })
})

describe('parse never throws', () => {
  const sample = encoder.encode(lines[4]!)

  it('on a line cut at any byte, and refuses it', () => {
    for (let end = 0; end < sample.length; end++) expect(parse(sample.subarray(0, end)).ok).toBe(false)
  })

  it('on a line with any one byte changed, and agrees with JSON.parse', () => {
    fc.assert(
      fc.property(fc.nat(sample.length - 1), fc.nat(255), (at, byte) => {
        const changed = Uint8Array.from(sample)
        changed[at] = byte
        expect(parse(changed).ok).toBe(isJson(changed))
      }),
      { numRuns: 3000 },
    )
  })

  it('on arbitrary bytes and token soup, and agrees with JSON.parse', () => {
    const token = fc.constantFrom(...'{}[],:"\\01-+.eEtrufalsn \t\u00e9'.split(''), 'null', '"a"', '\\u', '1.5')
    const soup = fc.array(token, { maxLength: 12 }).map((tokens) => encoder.encode(tokens.join('')))
    fc.assert(
      fc.property(fc.oneof(soup, fc.uint8Array({ maxLength: 12 })), (bytes) => {
        expect(parse(bytes).ok).toBe(isJson(bytes))
      }),
      { numRuns: 5000 },
    )
  })
})

/** JSON.parse over strictly decoded text. */
function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    return true
  } catch {
    return false
  }
}
