import { keyIdentity as deriveEventId } from '@ledgerd/schema'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readVectorLines } from '../conformance/check-file.ts'
import { admit, draftId, draftOf, refusalOf, resolutionDraft } from '../conformance/inn-drafts.ts'
import { openChecker } from './checker.ts'
import { decode } from './decode.ts'
import { encodeDraft } from './draft-text.ts'
import { openWriter } from './writer.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const id = draftId
const timeMs = Date.UTC(2026, 1, 27, 14, 23, 1, 452)

function sealText(draft: string, profile = 'seed', atMs = timeMs): string {
  const writer = openWriter({ ledger: 'worlds/inn', profile })
  const admitted = writer.admit(encoder.encode(draft))
  const target = new Uint8Array(admitted.lineBytesMax + 6).fill(0x2e)
  const end = writer.seal(admitted, { seq: 0, timeMs: atMs }, target, 3)
  expect(end - 3).toBeLessThanOrEqual(admitted.lineBytesMax)
  expect(decoder.decode(target.subarray(0, 3))).toBe('...')
  expect(target.subarray(end).every((byte) => byte === 0x2e)).toBe(true)
  expect(target[end - 1]).toBe(0x0a)
  return decoder.decode(target.subarray(3, end - 1))
}

const translation = {
  axis_snapshot: { demeanor: { label: 'proud', score: 1 } },
  channel: 'say',
  character_name: 'Mira Voss',
  ic_output: 'Hand it over — now.',
  ooc_input: 'give me the ledger',
  status: 'success',
}

describe('sealing', () => {
  it('writes nine keys as python text, checksum first', () => {
    const line = sealText(draftOf({ data: '{"wind": 0.5, "from": "NW"}', meta: '{"a": 1}' }))
    expect(line).toMatch(
      /^\{"_checksum": "sha256:[0-9a-f]{64}", "data": \{"from": "NW", "wind": 0\.5\}, "event_id": "0123456789abcdef0123456789abcdef", "event_type": "weather\.changed", "ipc_hash": null, "meta": \{"a": 1\}, "schema_version": "1\.0", "timestamp": "2026-02-27T14:23:01\.452Z", "world_id": "inn"\}$/,
    )
  })

  it('writes the timestamp of the original as Python prints it', () => {
    expect(sealText(draftOf({}), 'original')).toContain('"timestamp": "2026-02-27T14:23:01.452000+00:00"')
    expect(sealText(draftOf({}), 'original', timeMs - 452)).toContain('"timestamp": "2026-02-27T14:23:01+00:00"')
  })

  for (const [profile, variant] of [
    ['seed', 'python-ascii'],
    ['original', 'python'],
  ] as const)
    it(`takes the checksum of profile ${profile} over its own text`, () => {
      const check = (draft: string): string | undefined => {
        const verdict = openChecker({ ledger: 'inn' }).check(encoder.encode(sealText(draft, profile)), {
          line: 1,
          offset: 0,
        })
        expect(verdict.findings.filter(({ severity }) => severity !== 'I')).toEqual([])
        return verdict.variant
      }
      expect(check(draftOf({ data: '{"said": "é"}' }))).toBe(variant)
      expect(check(draftOf({ data: '{"said": "\u007f"}' }))).toBe(variant)
      expect(check(draftOf({ data: '{"said": "e"}' }))).toBe('both')
    })

  it('reproduces the lines of the original byte for byte', () => {
    const writer = openWriter({ ledger: 'daily_undertaking', profile: 'original' })
    for (const line of readVectorLines('live/daily_undertaking.jsonl')) {
      const { eventId, type, link, meta, data, time } = decode(line)
      const admitted = writer.admit(encoder.encode(encodeDraft({ id: eventId, type, link, meta, data })))
      const target = new Uint8Array(admitted.lineBytesMax)
      const end = writer.seal(admitted, { seq: 0, timeMs: Date.parse(time) }, target, 0)
      // We stamp milliseconds, so the timestamp and with it the checksum may differ; nothing else does.
      const [ours, theirs] = [decoder.decode(target.subarray(0, end - 1)), decoder.decode(line)].map((text) =>
        text.replace(/sha256:[0-9a-f]{64}/, '').replace(/"timestamp": "[^"]+"/, ''),
      )
      expect(ours).toBe(theirs)
      expect(writer.isSameContent(admitted, line)).toBe(true)
      expect(writer.isSameContent(admitted, target.subarray(0, end - 1))).toBe(true)
    }
  })
})

describe('drafts in another spelling', () => {
  const cases = [
    {
      name: 'key order and blanks',
      input: `{ "type":"a.b","id":"${id}", "data":{"b":1,"a":[ ]} }`,
      want: '"data": {"a": [], "b": 1}',
    },
    { name: 'escapes', input: draftOf({ data: '{"a": "\\u00e9\\/"}' }), want: '"data": {"a": "é/"}' },
    {
      name: 'numbers keep their kind',
      input: draftOf({ data: '{"a": 1, "b": 1.0, "c": 10e-1, "d": 123456789012345678901}' }),
      want: '{"a": 1, "b": 1.0, "c": 1.0, "d": 123456789012345678901}',
    },
    {
      name: 'integers in float fields',
      input: draftOf({ type: '"chat.translation"', data: JSON.stringify(translation) }),
      want: '"score": 1.0',
    },
    {
      name: 'floats in integer fields',
      input: resolutionDraft().replace('"character_id": 12,', '"character_id": 12.0,'),
      want: '"character_id": 12,',
    },
  ]
  for (const { name, input, want } of cases) it(name, () => expect(sealText(input)).toContain(want))

  it('makes the same line of every spelling', () => {
    const canonical = encodeDraft({ type: 'chat.translation', id, data: translation })
    const other = JSON.stringify({ type: 'chat.translation', data: translation, id }, null, 1)
    expect(sealText(other)).toBe(sealText(canonical))
  })
})

describe('LINE_TOO_LONG', () => {
  const room = 65_535 - sealText(draftOf({ data: '{"a": ""}' })).length
  it('takes 65,535 bytes and refuses one more', () => {
    expect(sealText(draftOf({ data: `{"a": "${'x'.repeat(room)}"}` }))).toHaveLength(65_535)
    const { code, details } = refusalOf(() => admit(draftOf({ data: `{"a": "${'x'.repeat(room + 1)}"}` })))
    expect(code).toBe('LINE_TOO_LONG')
    expect(details).toMatchObject({ lineBytes: 65_536, lineBytesMax: 65_535 })
  })
})

describe('opening', () => {
  for (const ledger of ['', 'worlds/', '..', 'worlds/.hidden', 'a b', 'x'.repeat(129)])
    it(`refuses ${JSON.stringify(ledger.slice(0, 20))} as a world`, () => {
      expect(refusalOf(() => openWriter({ ledger })).code).toBe('LEDGER_ID_INVALID')
    })

  it('refuses a profile it does not have', () => {
    expect(refusalOf(() => openWriter({ ledger: 'inn', profile: 'other' })).code).toBe('CONFIG_INVALID')
    expect(openWriter({ ledger: 'inn' }).profile).toBe('seed')
  })
})

describe('isSameContent', () => {
  const writer = openWriter({ ledger: 'inn' })
  const admitted = admit(draftOf({ data: '{"a": 1, "b": "é"}', meta: '{"m": true}' }))
  const stored = sealText(draftOf({ data: '{"a": 1, "b": "é"}', meta: '{"m": true}' }), 'original', timeMs + 1)
  const cases = [
    { name: 'another time and profile', line: stored, want: true },
    { name: 'another spelling', line: JSON.stringify(JSON.parse(stored)), want: true },
    { name: 'other data', line: stored.replace('"a": 1', '"a": 2'), want: false },
    { name: 'another kind of number', line: stored.replace('"a": 1', '"a": 1.0'), want: false },
    { name: 'other meta', line: stored.replace('"m": true', '"m": false'), want: false },
    { name: 'another type', line: stored.replace('weather.changed', 'weather.changes'), want: false },
    { name: 'another id', line: stored.replace(id, id.replace('0', 'f')), want: false },
    { name: 'another link', line: stored.replace('"ipc_hash": null', `"ipc_hash": "${'a'.repeat(64)}"`), want: false },
    { name: 'a cut line', line: stored.slice(0, -1), want: false },
    {
      name: 'a cut line of our own layout',
      line: sealText(draftOf({ data: '{"a": 1, "b": "é"}', meta: '{"m": true}' })).slice(0, -1),
      want: false,
    },
    { name: 'a second payload behind the first', line: stored.replace(/\}$/, ', "data": {}}'), want: false },
    { name: 'nothing', line: '', want: false },
  ]
  for (const { name, line, want } of cases)
    it(name, () => expect(writer.isSameContent(admitted, encoder.encode(line))).toBe(want))

  it('takes a missing meta for an empty one', () => {
    const plain = admit(draftOf({}))
    const line = sealText(draftOf({})).replace('"meta": {}, ', '')
    expect(writer.isSameContent(plain, encoder.encode(line))).toBe(true)
  })
})

it('admits whatever JSON value the client encodes, and the line says the same', () => {
  const data = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), {
    noNullPrototype: true,
  })
  fc.assert(
    fc.property(data, fc.constantFrom('seed', 'original'), (value, profile) => {
      fc.pre(!JSON.stringify(value).includes('__proto__'))
      const draft = encodeDraft({ type: 'weather.changed', id, data: value })
      const line = encoder.encode(sealText(draft, profile))
      const verdict = openChecker({ ledger: 'inn' }).check(line, { line: 1, offset: 0 })
      expect(verdict.findings.map(({ code }) => code)).toEqual(['unknown-event-type'])
      expect(verdict.eventId).toBe(id)
      expect(decode(line).data).toEqual(value)
    }),
  )
})

it('finds every change of one byte in a sealed line, and every cut', () => {
  const line = encoder.encode(sealText(draftOf({ data: '{"said": "é", "n": 1.5}' })))
  const isClean = (bytes: Uint8Array): boolean => {
    const { findings, variant } = openChecker({ ledger: 'inn' }).check(bytes, { line: 1, offset: 0 })
    return variant !== undefined && findings.every(({ severity }) => severity === 'I')
  }
  expect(isClean(line)).toBe(true)
  for (let at = 0; at < line.length; at++) {
    expect(isClean(line.subarray(0, at)), `cut at ${at}`).toBe(false)
    for (const mask of [0x01, 0x20, 0x80]) {
      const changed = line.slice()
      changed[at] = (changed[at] ?? 0) ^ mask
      expect(isClean(changed), `byte ${at} xor ${mask}`).toBe(false)
    }
  }
})

it('derives an event id from ledger and key', () => {
  expect(deriveEventId('worlds/inn', 'turn-1')).toMatch(/^[0-9a-f]{32}$/)
  expect(deriveEventId('worlds/inn', 'turn-1')).not.toBe(deriveEventId('worlds/inn2', 'turn-1'))
})
