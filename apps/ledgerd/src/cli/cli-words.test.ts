// The small words of the command line: positions, targets, templates, figures, escapes.
import type { LedgerSchema } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import { formatBytes, formatCount, formatPlace } from './figures.ts'
import { neutralize } from './neutralize.ts'
import { parsePosition } from './position.ts'
import { parseTarget } from './target.ts'
import { RecordValues } from './record-value.ts'
import { fillTemplate, parseTemplate } from './template.ts'

const nowMs = Date.parse('2026-03-01T10:00:00Z')

describe('parsePosition', () => {
  const table = [
    { name: 'start', want: { kind: 'start' } },
    { name: 'end', want: { kind: 'end' } },
    { name: 'now', want: { kind: 'end' } },
    { name: '0', want: { kind: 'seq', seq: 0 } },
    { name: '42', want: { kind: 'seq', seq: 42 } },
    { name: '-10', want: { kind: 'last', lines: 10 } },
    { name: '@2026-03-01T10:00Z', want: { kind: 'time', timeMs: nowMs } },
    { name: '@2026-03-01T11:00:00.000+01:00', want: { kind: 'time', timeMs: nowMs } },
    { name: '@-15m', want: { kind: 'time', timeMs: nowMs - 900_000 } },
    { name: '0f3a5b', want: { kind: 'event', eventId: '0f3a5b' } },
  ]
  for (const { name, want } of table) it(name, () => expect(parsePosition(name, nowMs)).toEqual(want))

  for (const name of ['', '@', '@2026-03-01T10:00', '@2026-13-01T10:00Z', '@-15y', '--1', 'a b', '@now'])
    it(`refuses ${JSON.stringify(name)}`, () => expect(() => parsePosition(name, nowMs)).toThrow(/is no/))
})

describe('parseTarget', () => {
  const table = [
    { name: 'worlds/a', want: { kind: 'ledger', ledger: 'worlds/a' } },
    { name: 'a.jsonl', want: { kind: 'file', path: 'a.jsonl', ledger: 'a' } },
    { name: './worlds/a', want: { kind: 'file', path: './worlds/a', ledger: 'a' } },
    { name: '../a.jsonl', want: { kind: 'file', path: '../a.jsonl', ledger: 'a' } },
    { name: '/srv/a.jsonl', want: { kind: 'file', path: '/srv/a.jsonl', ledger: 'a' } },
    { name: 'worlds/*', want: { kind: 'pattern', ledger: 'worlds/*' } },
    { name: '-', want: { kind: 'stdin' } },
  ]
  for (const { name, want } of table) it(name, () => expect(parseTarget(name)).toMatchObject(want))

  it('an id with a data folder is a file', () => {
    expect(parseTarget('worlds/a', { data: 'd' })).toMatchObject({
      kind: 'file',
      path: 'd/worlds/a.jsonl',
      ledger: 'worlds/a',
    })
  })

  for (const name of ['a//b', 'a/../b', '..', 'a b', '']) {
    it(`refuses ${JSON.stringify(name)}`, () => expect(() => parseTarget(name)).toThrow(/neither a ledger id nor/))
  }
})

describe('templates', () => {
  const line = Buffer.from(
    '{"data": {"x": 1.0, "big": 12345678901234567890, "s": "a\\tb", "list": [{"y": -0.0}], "n": null}, "seq": "own"}',
  )
  const schema = { decode: () => ({ type: 'chat' }) } as unknown as LedgerSchema
  const item = { ledger: 'worlds/a', seq: 7, offset: undefined, bytes: line, schema }
  const table = [
    { name: '{seq} {type}', want: '7 chat' },
    { name: '{data.x} {data.big}', want: '1.0 12345678901234567890' },
    { name: '{data.list.0.y}|{data.list}', want: '-0.0|[{"y": -0.0}]' },
    { name: '{data.n}|{data.missing}|{data.s}', want: 'null||a\tb' },
    { name: '{{{seq}}}\\t.', want: '{7}\t.' },
  ]
  for (const { name, want } of table)
    it(name, () => expect(fillTemplate(parseTemplate(name), new RecordValues(item))).toBe(want))

  for (const name of ['{', '}', '{a', 'a}', '{}']) {
    it(`refuses ${name}`, () => expect(() => parseTemplate(name)).toThrow(/brace/))
  }
})

describe('figures', () => {
  it('count', () => expect([0, 999, 1000, 1204331].map(formatCount)).toEqual(['0', '999', '1,000', '1,204,331']))
  it('bytes', () => {
    expect([0, 999, 1000, 45_300, 575_000_000, 1.2e12].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '45.3 kB',
      '575 MB',
      '1.2 TB',
    ])
  })
  it('place', () => expect(formatPlace({ line: 42, offset: 19204 })).toBe('line 42 (seq 41, byte 19204)'))
})

describe('neutralize', () => {
  const table = [
    { name: 'escape sequence', text: '\x1b]0;owned\x07', want: '\\u001b]0;owned\\u0007' },
    { name: 'C1 introducer', text: '\u009b31m', want: '\\u009b31m' },
    { name: 'right-to-left override', text: 'abc\u202edef\u2066', want: 'abc\\u202edef\\u2066' },
    { name: 'line ends', text: 'a\r\nb\u2028', want: 'a\\u000d\\u000ab\\u2028' },
    { name: 'DEL', text: '\x7f', want: '\\u007f' },
    { name: 'tag characters', text: '\u{e0041}', want: '\\udb40\\udc41' },
    { name: 'tab, CJK, emoji and accents stay', text: '\t渡辺 é 😀', want: '\t渡辺 é 😀' },
  ]
  for (const { name, text, want } of table) it(name, () => expect(neutralize(text)).toBe(want))

  it('keeps the value of a JSON string', () => {
    const text = '"\u202e\u{e0041}\u009b"'
    expect(JSON.parse(neutralize(text))).toBe(JSON.parse(text))
  })
})
