import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CanonicalScan } from './canonical-scan.ts'
import { formatNode } from './format-node.ts'
import { parse } from './parse.ts'
import { pythonFloat } from './python-number.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const scanner = new CanonicalScan()
const lines = readFileSync(new URL('../vectors/world_events.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')

function scanText(text: string, depthMax?: number): boolean {
  const bytes = encoder.encode(text)
  return scanner.scan(bytes, 0, bytes.length, depthMax)
}

/** What the scan must answer, by the slow path: one clean object that is its own canonical text. */
function isCanonical(bytes: Uint8Array): boolean {
  const result = parse(bytes)
  if (!result.ok || result.findings.length > 0 || result.root.kind !== 'object') return false
  const formatted = formatNode(result.root, 'python')
  return formatted.ok && formatted.text === decoder.decode(bytes)
}

function expectAgreement(bytes: Uint8Array): void {
  const got = scanner.scan(bytes, 0, bytes.length)
  if (got !== isCanonical(bytes)) throw new Error(`scan says ${got} of ${JSON.stringify(decoder.decode(bytes))}`)
}

describe('CanonicalScan', () => {
  const cases: { name: string; input: string; want: boolean }[] = [
    { name: 'empty object', input: '{}', want: true },
    {
      name: 'every kind of value',
      input: '{"a": [1, -1.5, "x", true, false, null, {}, []], "b": {"c": 0}}',
      want: true,
    },
    { name: 'empty key', input: '{"": 1}', want: true },
    { name: 'escapes', input: '{"a": "\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f/"}', want: true },
    { name: 'raw DEL, NEL, LS, BOM', input: '{"a": "\u007f\u0085\u2028\ufeff"}', want: true },
    { name: 'astral characters', input: '{"😀": "😀"}', want: true },
    { name: 'code point order', input: '{"\uff5e": 1, "😀": 2}', want: true },
    { name: 'order behind escapes', input: '{"\\n": 1, " ": 2, "\\"": 3, "#": 4, "\\\\": 5, "a": 6}', want: true },
    { name: 'prefix first', input: '{"a": 1, "ab": 2}', want: true },
    { name: 'escape after a shared prefix', input: '{"a": 1, "a\\u0001": 2, "ab": 3}', want: true },
    { name: 'nothing', input: '', want: false },
    { name: 'no object', input: '[1]', want: false },
    { name: 'open object', input: '{', want: false },
    { name: 'blank before', input: ' {}', want: false },
    { name: 'blank behind', input: '{} ', want: false },
    { name: 'blank inside', input: '{ }', want: false },
    { name: 'CR behind', input: '{}\r', want: false },
    { name: 'second record', input: '{}{}', want: false },
    { name: 'compact comma', input: '{"a": 1,"b": 2}', want: false },
    { name: 'compact colon', input: '{"a":1}', want: false },
    { name: 'two blanks', input: '{"a":  1}', want: false },
    { name: 'tab for a blank', input: '{"a":\t1}', want: false },
    { name: 'trailing comma', input: '{"a": 1, }', want: false },
    { name: 'trailing comma in an array', input: '{"a": [1, ]}', want: false },
    { name: 'repeated key', input: '{"a": 1, "a": 2}', want: false },
    { name: 'key repeated in an escape', input: '{"\\n": 1, "\\n": 2}', want: false },
    { name: 'unsorted', input: '{"b": 1, "a": 2}', want: false },
    { name: 'unsorted at depth', input: '{"a": [{"b": 1, "a": 2}]}', want: false },
    { name: 'UTF-16 order', input: '{"😀": 2, "\uff5e": 1}', want: false },
    { name: 'longer before prefix', input: '{"ab": 1, "a": 2}', want: false },
    { name: 'byte order of an escape', input: '{"A": 1, "\\n": 2}', want: false },
    { name: 'escaped slash', input: '{"a": "\\/"}', want: false },
    { name: 'escaped letter', input: '{"a": "\\u0041"}', want: false },
    { name: 'escaped non-ASCII', input: '{"a": "\\u00e9"}', want: false },
    { name: 'escaped DEL', input: '{"a": "\\u007f"}', want: false },
    { name: 'long form of a short escape', input: '{"a": "\\u000a"}', want: false },
    { name: 'upper-case hex', input: '{"a": "\\u001F"}', want: false },
    { name: 'escaped pair', input: '{"a": "\\ud83d\\ude00"}', want: false },
    { name: 'lone surrogate', input: '{"a": "\\ud83d"}', want: false },
    { name: 'raw control', input: '{"a": "\u0001"}', want: false },
    { name: 'mismatched closers', input: '{"a": [1}]', want: false },
    { name: 'closer too many', input: '{"a": 1}}', want: false },
    { name: 'member without a value', input: '{"a": }', want: false },
    { name: 'wrong literal', input: '{"a": nulL}', want: false },
    { name: 'NaN', input: '{"a": NaN}', want: false },
    { name: 'Infinity', input: '{"a": Infinity}', want: false },
  ]
  it.each(cases)('$name', ({ input, want }) => {
    expect(scanText(input)).toBe(want)
    expect(isCanonical(encoder.encode(input))).toBe(want)
  })

  const numbers: { lexeme: string; want: 0 | 1 | false }[] = [
    { lexeme: '0', want: 0 },
    { lexeme: '-7', want: 0 },
    { lexeme: '10', want: 0 },
    { lexeme: '9'.repeat(4300), want: 0 },
    { lexeme: '9'.repeat(4301), want: false },
    { lexeme: '-0', want: false },
    { lexeme: '01', want: false },
    { lexeme: '+1', want: false },
    { lexeme: '-', want: false },
    { lexeme: '0.0', want: 1 },
    { lexeme: '-0.0', want: 1 },
    { lexeme: '1.0', want: 1 },
    { lexeme: '100.0', want: 1 },
    { lexeme: '0.0001', want: 1 },
    { lexeme: '0.00001', want: false },
    { lexeme: '1e-05', want: 1 },
    { lexeme: '1e-5', want: false },
    { lexeme: '1E-05', want: false },
    { lexeme: '1.0e-05', want: false },
    { lexeme: '1.5e-05', want: 1 },
    { lexeme: '1e-005', want: false },
    { lexeme: '1e+16', want: 1 },
    { lexeme: '1e16', want: false },
    { lexeme: '1e+15', want: false },
    { lexeme: '1000000000000000.0', want: 1 },
    { lexeme: '9007199254740993.0', want: false },
    { lexeme: '10000000000000000.0', want: false },
    { lexeme: '1.10', want: false },
    { lexeme: '1.00', want: false },
    { lexeme: '1.', want: false },
    { lexeme: '.5', want: false },
    { lexeme: '1.5e', want: false },
    { lexeme: '1.5.5', want: false },
    { lexeme: '1e400', want: false },
    { lexeme: '5e-324', want: 1 },
    { lexeme: '4.9e-324', want: false },
    { lexeme: '1.7976931348623157e+308', want: 1 },
    { lexeme: '0.1234567890123456', want: 1 },
    { lexeme: '0.30000000000000004', want: 1 },
    { lexeme: '0.30000000000000003', want: false },
    { lexeme: '0.300000000000000044', want: false },
    { lexeme: '0.10000000000000001', want: false },
    { lexeme: '0.00012345678901234567', want: 1 },
    { lexeme: '0.9999999999999999', want: 1 },
    { lexeme: '0.99999999999999999', want: false },
  ]
  it.each(numbers)('number $lexeme', ({ lexeme, want }) => {
    const input = `{"a": ${lexeme}, "b": ${lexeme}}`
    expect(scanText(input)).toBe(want !== false)
    expect(isCanonical(encoder.encode(input))).toBe(want !== false)
    if (want !== false) expect([...scanner.numberKinds.subarray(0, scanner.numberCount)]).toEqual([want, want])
  })
})

describe('CanonicalScan reports', () => {
  it('where the top-level members stand', () => {
    const text = '{"": [1, {"x": 2.0}], "z\\n": null, "é": "😀"}'
    const bytes = encoder.encode(`..${text}..`)
    expect(scanner.scan(bytes, 2, bytes.length - 2)).toBe(true)
    const members = Array.from({ length: scanner.memberCount }, (_, i) => [
      decoder.decode(bytes.subarray(scanner.keyStart[i], scanner.keyEnd[i])),
      decoder.decode(bytes.subarray(scanner.valueStart[i], scanner.valueEnd[i])),
    ])
    expect(members).toEqual([
      ['', '[1, {"x": 2.0}]'],
      ['z\\n', 'null'],
      ['é', '"😀"'],
    ])
    expect([...scanner.numberKinds.subarray(0, scanner.numberCount)]).toEqual([0, 1])
    expect(scanner.isAscii).toBe(false)
    expect(scanner.keyIs(bytes, 2, encoder.encode('é'))).toBe(true)
    expect(scanner.keyIs(bytes, 2, encoder.encode('e'))).toBe(false)
    expect(scanner.keyIs(bytes, 0, encoder.encode(''))).toBe(true)
    expect(scanner.keyIs(bytes, 3, encoder.encode(''))).toBe(false)
  })

  it.each([
    { name: 'ASCII', text: '{"a": "b~\\u0000"}', want: true },
    { name: 'DEL', text: '{"a": "\u007f"}', want: false },
    { name: 'non-ASCII', text: '{"é": 1}', want: false },
  ])('isAscii of $name', ({ text, want }) => {
    expect(scanText(text)).toBe(true)
    expect(scanner.isAscii).toBe(want)
  })

  it('the first 32 members of more, and all numbers', () => {
    const keys = Array.from({ length: 400 }, (_, i) => `k${1000 + i}`)
    const text = `{${keys.map((key) => `"${key}": 7`).join(', ')}}`
    const bytes = encoder.encode(text)
    expect(scanner.scan(bytes, 0, bytes.length)).toBe(true)
    expect(scanner.memberCount).toBe(32)
    expect(scanner.numberCount).toBe(400)
    expect(scanner.valueEnd[31]! - scanner.valueStart[31]!).toBe(1)
    expect(scanner.keyIs(bytes, 31, encoder.encode('k1031'))).toBe(true)
  })

  it('nothing of a line scanned before', () => {
    expect(scanText('{"é": 1, "ü": 2.0}')).toBe(true)
    expect(scanText('{"a": 1}')).toBe(true)
    expect([scanner.memberCount, scanner.numberCount, scanner.isAscii]).toEqual([1, 1, true])
  })
})

describe('CanonicalScan keeps to its bounds', () => {
  const nested = (depth: number): string => '{"a": '.repeat(depth - 1) + '{}' + '}'.repeat(depth - 1)
  it.each([
    { name: 'depth at the limit', text: nested(1000), depthMax: undefined, want: true },
    { name: 'depth over the limit', text: nested(1001), depthMax: undefined, want: false },
    { name: 'depth 64 of 64', text: nested(64), depthMax: 64, want: true },
    { name: 'depth 65 of 64', text: nested(65), depthMax: 64, want: false },
    { name: 'arrays count', text: '{"a": [[]]}', depthMax: 2, want: false },
    { name: 'depth far beyond', text: nested(200_000), depthMax: 200_000, want: true },
  ])('$name', ({ text, depthMax, want }) => expect(scanText(text, depthMax)).toBe(want))

  it('never looks at bytes outside of the range', () => {
    const text = lines[0]!
    const bytes = encoder.encode(text + text)
    const middle = bytes.length / 2
    expect(scanner.scan(bytes, 0, middle)).toBe(true)
    expect(scanner.scan(bytes, middle, bytes.length)).toBe(true)
    for (let end = 0; end < middle; end++) expect(scanner.scan(bytes, 0, end)).toBe(false)
    expect(scanner.scan(bytes, 0, middle + 1)).toBe(false)
    expect(scanner.scan(bytes, 0, bytes.length)).toBe(false)
    expect(scanner.scan(bytes, middle, bytes.length + 1)).toBe(false)
  })

  it('finds where an object ends that something follows, and never behind the end', () => {
    for (const text of ['{}', '{"a": [{}]}', '{"a": tru', '{"a": "}"}', lines[0]!]) {
      const bytes = encoder.encode(`..${text}, "b": 1}`)
      const length = encoder.encode(text).length
      for (let end = 2; end <= bytes.length; end++) {
        const isWhole = end >= 2 + length && isCanonical(bytes.subarray(2, 2 + length))
        expect([text, end, scanner.objectEnd(bytes, 2, end)]).toEqual([text, end, isWhole ? 2 + length : -1])
      }
    }
  })

  it('of a view into a larger buffer', () => {
    const bytes = encoder.encode(`xyz${lines[1]!}`).subarray(3)
    expect(scanner.scan(bytes, 0, bytes.length)).toBe(true)
  })
})

describe('CanonicalScan agrees with parse and formatNode', () => {
  const canonical = fc.json({ maxDepth: 4, stringUnit: 'binary' }).map((input) => {
    const result = parse(encoder.encode(`{"x": ${input}, "a": 0.25, "~": "é"}`))
    const formatted = result.ok ? formatNode(result.root, 'python') : undefined
    return encoder.encode(formatted?.ok ? formatted.text : '')
  })

  it('on canonical text', () => {
    fc.assert(
      fc.property(canonical, (bytes) => {
        expect(scanner.scan(bytes, 0, bytes.length)).toBe(true)
        expectAgreement(bytes)
      }),
      { numRuns: 1000 },
    )
  })

  it('on real lines with bytes changed, put in, taken out or swapped', () => {
    const line = fc.oneof(
      fc.constantFrom(...lines).map((text) => encoder.encode(text)),
      canonical,
    )
    const telling = fc.constantFrom(
      ...encoder.encode('"\\{}[],: 0159.-+eEunt/\u007f'),
      0,
      31,
      128,
      191,
      195,
      237,
      160,
      240,
    )
    const edit = fc.record({
      kind: fc.constantFrom('replace', 'insert', 'remove', 'swap'),
      at: fc.nat(1_000_000),
      byte: fc.oneof(telling, fc.nat(255)),
    })
    fc.assert(
      fc.property(line, fc.array(edit, { minLength: 1, maxLength: 3 }), (bytes, edits) => {
        expectAgreement(edits.reduce(withEdit, bytes))
      }),
      { numRuns: 10_000 },
    )
  })

  it('on respelled tokens', () => {
    const token = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ', ',
        ': ',
        ',',
        ':',
        '"a"',
        '"b"',
        '""',
        '"\\n"',
        '"\\u000a"',
        '"é"',
        '"\\u00e9"',
        '" "',
      ],
      ...[
        '0',
        '-0',
        '1.0',
        '1.50',
        '1e5',
        '1e-05',
        '-0.0',
        'null',
        'true',
        'false',
        '"\\""',
        '"\\u0001"',
        '"😀"',
        '"\uff5e"',
      ],
    )
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        expectAgreement(encoder.encode(`{"a": ${tokens.join('')}}`))
        expectAgreement(encoder.encode(`{${tokens.join('')}}`))
      }),
      { numRuns: 5000 },
    )
  })

  it('on number lexemes', () => {
    const digits = (maxLength: number) => fc.stringMatching(new RegExp(`^[0-9]{0,${maxLength}}$`))
    const spelled = fc
      .tuple(
        fc.constantFrom('', '-'),
        digits(18),
        fc.constantFrom('', '.'),
        digits(20),
        fc.constantFrom('', 'e', 'e-', 'e+', 'E'),
        digits(3),
      )
      .map((parts) => parts.join(''))
    const zeroed = fc
      .tuple(fc.constantFrom('0.', '-0.0', '0.00', '0.000', '0.0000', '7.'), digits(18))
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(spelled, zeroed), (lexeme) => expectAgreement(encoder.encode(`{"a": [${lexeme}]}`))),
      { numRuns: 10_000 },
    )
  })

  it('on doubles, on their neighbours in the last digit, and cut to 15, 16 and 17 digits', () => {
    const double = fc.oneof(
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: -100_000, max: 100_000, noNaN: true }),
      fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000 + 0.1),
    )
    fc.assert(
      fc.property(double, fc.nat(9), fc.integer({ min: 15, max: 17 }), (number, digit, precision) => {
        const text = pythonFloat(number)
        expect(scanText(`{"a": ${text}}`)).toBe(true)
        expectAgreement(encoder.encode(`{"a": ${text.slice(0, -1)}${digit}}`))
        expectAgreement(encoder.encode(`{"a": ${text}${digit}}`))
        expectAgreement(encoder.encode(`{"a": ${number.toPrecision(precision)}}`))
      }),
      { numRuns: 10_000 },
    )
  })
})

function withEdit(bytes: Uint8Array, edit: { kind: string; at: number; byte: number }): Uint8Array {
  const list = [...bytes]
  const at = list.length === 0 ? 0 : edit.at % list.length
  if (edit.kind === 'replace') list[at] = edit.byte
  else if (edit.kind === 'insert') list.splice(at, 0, edit.byte)
  else if (edit.kind === 'remove') list.splice(at, 1)
  else if (at + 1 < list.length) list.splice(at, 2, list[at + 1]!, list[at]!)
  return Uint8Array.from(list)
}
