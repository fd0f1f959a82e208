// Admission and sealing of the record engine: what is refused and with which words, and what counts as the same event.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { admitText, bytesOf, checkLine, errorOf, ledger, sealDraft, timeMs } from '../../test/line-desk.ts'
import { tallyFormat } from '../../test/tally-format.ts'
import { recordSchema } from './record-schema.ts'

const tally = recordSchema(tallyFormat)
const id = 'a'.repeat(32)
const good = { count: 1, weight: 2, note: null }
const text = tally.encodeDraft({ type: 'tallied', id, data: good })

describe('VALUE_REFUSED', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
  const withData = (members: string): string => text.replace('"weight"', `${members}, "weight"`)
  const cases: { name: string; input: string | Uint8Array; want: object }[] = [
    { name: 'malformed JSON', input: '{"type": }', want: { reason: 'json-invalid', offset: 9 } },
    { name: 'invalid UTF-8', input: Uint8Array.of(0x7b, 0xff, 0x7d), want: { reason: 'invalid-utf8', offset: 1 } },
    { name: 'two records', input: `${text}${text}`, want: { reason: 'glued-records' } },
    { name: 'byte order mark', input: `\ufeff${text}`, want: { reason: 'bom', offset: 0 } },
    { name: 'NUL', input: `${text}\0`, want: { reason: 'nul-bytes' } },
    { name: 'repeated key', input: withData('"a": 1, "a": 2'), want: { reason: 'duplicate-key', path: '/data/a' } },
    {
      name: '__proto__',
      input: withData('"x": [{"__proto__": 1}]'),
      want: { reason: 'proto-key', path: '/data/x/0/__proto__' },
    },
    { name: 'NaN', input: withData('"a": NaN'), want: { reason: 'non-finite-number', path: '/data/a' } },
    { name: 'overflow', input: withData('"a": 1e400'), want: { reason: 'non-finite-number', path: '/data/a' } },
    { name: 'lone surrogate', input: withData('"a": "\\ud800"'), want: { reason: 'lone-surrogate', path: '/data/a' } },
    { name: 'depth 65', input: withData(`"a": ${nested(63)}`), want: { reason: 'too-deep' } },
    { name: '4,301 digits', input: withData(`"a": ${'9'.repeat(4301)}`), want: { reason: 'number-too-long' } },
  ]
  for (const { name, input, want } of cases)
    it(name, () => {
      const bytes = typeof input === 'string' ? bytesOf(input) : input
      const error = errorOf(() => tally.openWriter({ ledger }).admit(bytes))
      expect(error.code).toBe('VALUE_REFUSED')
      expect(error.details).toMatchObject(want)
    })

  const sentences = [
    {
      members: '"a": NaN',
      want: '/data/a cannot be recorded: it is no finite number; send null, or leave it out (byte 15).',
    },
    { members: '"a": "\\ud800"', want: '/data/a cannot be recorded: half a surrogate pair is no text (byte 16).' },
    { members: '"a": 1, "a": 2', want: '/data/a cannot be recorded: its key stands twice in one object (byte 18).' },
    {
      members: '"__proto__": 1',
      want: '/data/__proto__ cannot be recorded: many readers take this key for something else; name it otherwise (byte 10).',
    },
  ]
  for (const { members, want } of sentences)
    it(`says it in a sentence: ${want}`, () => {
      const input = bytesOf(text.replace('"count": 1, ', '').replace('{"data": {', `{"data": {${members}, `))
      const error = errorOf(() => tally.openWriter({ ledger }).admit(input))
      expect(error.message).toBe(`VALUE_REFUSED: ${want}`)
    })

  it('is no word for what stands at the limit', () => {
    const deepest = `"a": ${nested(62)}, "b": ${'9'.repeat(4300)}`
    expect(admitText(tally, withData(deepest)).eventId).toBe(id)
  })
})

describe('SCHEMA_INVALID', () => {
  const cases = [
    { name: 'an array', input: '[]', paths: [''] },
    { name: 'no type', input: text.replace(', "type": "tallied"', ''), paths: ['/type'] },
    { name: 'an unknown type', input: text.replace('tallied', 'told'), paths: ['/type'] },
    { name: 'no data', input: text.replace(/"data": \{[^}]*\}, /, ''), paths: ['/data'] },
    { name: 'data that is an array', input: text.replace(/"data": \{[^}]*\}/, '"data": []'), paths: ['/data'] },
    { name: 'no id', input: text.replace(`"id": "${id}", `, ''), paths: ['/id'] },
    { name: 'an empty id', input: text.replace(id, ''), paths: ['/id'] },
    { name: 'a link that is true', input: text.replace('"link": null', '"link": true'), paths: ['/link'] },
    { name: 'meta that is null', input: text.replace('"meta": {}', '"meta": null'), paths: ['/meta'] },
    { name: 'a member of its own', input: text.replace('"meta"', '"a/b": 1, "meta"'), paths: ['/a~1b'] },
    {
      name: 'wrong payload',
      input: text.replace('2.0', '"2"').replace('1', '1.5'),
      paths: ['/data/count', '/data/weight'],
    },
    { name: 'what the family says of drafts', input: text.replace('1', '13'), paths: ['/data/count'] },
  ]
  for (const { name, input, paths } of cases)
    it(name, () => {
      const error = errorOf(() => admitText(tally, input))
      expect(error.code).toBe('SCHEMA_INVALID')
      const issues = error.details['issues'] as readonly { path: string; message: string }[]
      expect(issues.map(({ path }) => path).sort()).toEqual(paths)
    })
})

describe('a member that no draft has', () => {
  const cases = [
    { member: 'event_type', want: '/event_type: Unknown member; a draft has type, data, id, link and meta.' },
    { member: 'key', want: '/key: Taken over HTTP alone, as a string, and not beside an id.' },
  ]
  for (const { member, want } of cases)
    it(`is refused with the fix: ${member}`, () => {
      const { message } = errorOf(() => admitText(tally, text.replace('"meta"', `"${member}": 1, "meta"`)))
      expect(message).toBe(`SCHEMA_INVALID: The draft is not valid; ${want}`)
    })
})

describe('the limits of a line', () => {
  const noteOf = (length: number): string =>
    tally.encodeDraft({ type: 'tallied', id, data: { ...good, note: 'x'.repeat(length) } })
  const frame = sealDraft(tally, { type: 'tallied', id, data: { ...good, note: '' } }).length

  it('are 65,535 bytes, to the byte', () => {
    expect(admitText(tally, noteOf(65_535 - frame)).lineBytesMax).toBe(65_536)
    const error = errorOf(() => admitText(tally, noteOf(65_536 - frame)))
    expect(error).toMatchObject({ code: 'LINE_TOO_LONG', details: { lineBytes: 65_536, lineBytesMax: 65_535 } })
  })
})

describe('a writer', () => {
  it('has the profiles of its family and no other', () => {
    expect(tally.openWriter({ ledger }).profile).toBe('plain')
    expect(errorOf(() => tally.openWriter({ ledger, profile: 'fancy' })).code).toBe('CONFIG_INVALID')
    expect(errorOf(() => tally.openRules!({ ledger, profile: 'fancy' })).code).toBe('CONFIG_INVALID')
  })

  it('makes one line of a draft in any spelling', () => {
    const spellings = [
      text,
      `{"type":"tallied","id":"${id}","data":{"weight":2,"note":null,"count":1.0}}`,
      ` {"meta":{},"data":{"count":1,"weight":2e0,"note":null},"\\u0074ype":"tallied","id":"${id}","link":null}\r`,
    ]
    const lines = spellings.map((spelling) => {
      const writer = tally.openWriter({ ledger })
      const admitted = writer.admit(bytesOf(spelling))
      const target = new Uint8Array(admitted.lineBytesMax)
      return target.slice(0, writer.seal(admitted, { seq: 0, timeMs }, target, 0))
    })
    expect(new Set(lines.map(String)).size).toBe(1)
  })

  it('writes lines of which verify says nothing, and which hold what was given', () => {
    const data = fc.record({
      count: fc.maxSafeInteger().filter((count) => count !== 13),
      weight: fc.double({ noNaN: true, noDefaultInfinity: true }),
      note: fc.option(fc.string({ unit: 'grapheme' })),
    })
    fc.assert(
      fc.property(data, fc.integer({ min: 0, max: 4e12 }), (given, atMs) => {
        const line = sealDraft(tally, { type: 'tallied', id, data: given }, atMs)
        expect(checkLine(tally, line).findings).toEqual([])
        expect(tally.decode(bytesOf(line))).toMatchObject({ version: 2, data: given })
        expect(tally.timeMsOf(bytesOf(line))).toBe(atMs)
      }),
    )
  })
})

describe('the same content', () => {
  const writer = tally.openWriter({ ledger })
  const stored = bytesOf(sealDraft(tally, { type: 'tallied', id, data: good }))
  const cases: { name: string; input: object; want: boolean }[] = [
    { name: 'is the draft at whatever time', input: {}, want: true },
    { name: 'is not another number', input: { data: { ...good, weight: 3 } }, want: false },
    { name: 'is not another identity', input: { id: 'b'.repeat(32) }, want: false },
  ]
  for (const { name, input, want } of cases)
    it(name, () => {
      const admitted = writer.admit(bytesOf(tally.encodeDraft({ type: 'tallied', id, data: good, ...input })))
      expect(writer.isSameContent(admitted, stored)).toBe(want)
    })

  it('is not what cannot be read', () => {
    const admitted = writer.admit(bytesOf(text))
    for (const line of ['', '{', '[]', '{}', '{"id": "x"}'])
      expect(writer.isSameContent(admitted, bytesOf(line))).toBe(false)
  })

  it('leaves the draft as it was to be sealed', () => {
    const admitted = writer.admit(bytesOf(text))
    writer.isSameContent(admitted, stored)
    const target = new Uint8Array(admitted.lineBytesMax)
    const end = writer.seal(admitted, { seq: 0, timeMs: timeMs + 1 }, target, 0)
    expect(new TextDecoder().decode(target.subarray(0, end))).toContain('452Z'.replace('2', '3'))
  })
})
