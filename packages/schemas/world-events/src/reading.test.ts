// Identity, route, time and events of stored lines.
import { LedgerError } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import { readVectorLines } from '../conformance/check-file.ts'
import { decode, payloadState } from './decode.ts'
import { readTail, timeMsOf } from './line-tail.ts'
import { worldEvents } from './world-events.ts'

const encoder = new TextEncoder()
const files = [
  'live/daily_undertaking',
  'live/pipeworks_web',
  'concurrent/race',
  'adversarial/doc_flavour',
  'adversarial/src_flavour',
  'adversarial/noncanonical_valid_src',
]

describe('every line of the fixtures', () => {
  for (const file of files)
    it(file, () => {
      for (const line of readVectorLines(`${file}.jsonl`)) {
        const event = decode(line)
        const { eventId, type, link, time } = event
        expect(readTail(line)).toEqual({ eventId, type, link, time })
        expect(timeMsOf(line)).toBe(Date.parse(time))
        expect(event.schemaVersion).toBe('1.0')
      }
    })

  it('have the payload state that the checker warns about', () => {
    const states = (file: string): Set<string> =>
      new Set(readVectorLines(file).map((line) => payloadState(decode(line))))
    expect(states('live/daily_undertaking.jsonl')).toEqual(new Set(['valid']))
    expect(states('concurrent/race.jsonl')).toEqual(new Set(['invalid']))
    expect(states('adversarial/src_flavour.jsonl')).toEqual(new Set(['undeclared']))
  })
})

const members = {
  _checksum: '"sha256:0"',
  data: '{}',
  event_id: '"e"',
  event_type: '"a.b"',
  ipc_hash: 'null',
  meta: '{}',
  schema_version: '"1.0"',
  timestamp: '"2026-02-27T14:23:01.452Z"',
  world_id: '"w"',
}

function lineOf(changes: Readonly<Record<string, string | undefined>> = {}): Uint8Array {
  const texts = Object.entries({ ...members, ...changes }).filter(([, text]) => text !== undefined)
  return encoder.encode(`{${texts.map(([name, text]) => `"${name}": ${text}`).join(', ')}}`)
}

describe('the tail of a line', () => {
  const inner = '"event_id": "x", "event_type": "y.z", "ipc_hash": null, "meta": {}'
  const cases: { name: string; line: Uint8Array; want: string | undefined }[] = [
    { name: 'plain', line: lineOf(), want: 'e' },
    { name: 'an event inside meta', line: lineOf({ meta: `{${inner}}` }), want: 'e' },
    {
      name: 'a whole record as the last member of meta',
      line: lineOf({ meta: `{${inner}, "schema_version": "1.0", "timestamp": "t", "world_id": "w"}` }),
      want: 'e',
    },
    { name: 'a record in a string', line: lineOf({ data: JSON.stringify({ text: `, ${inner}, ` }) }), want: 'e' },
    { name: 'a record in the world', line: lineOf({ world_id: JSON.stringify(`w, ${inner}}`) }), want: 'e' },
    { name: 'an escaped id', line: lineOf({ event_id: '"\\u0065\\n"' }), want: 'e\n' },
    { name: 'a line that is longer than the tail', line: lineOf({ data: `{"a": "${'é'.repeat(4000)}"}` }), want: 'e' },
    { name: 'a long world', line: lineOf({ world_id: `"${'w'.repeat(900)}"` }), want: 'e' },
    { name: 'CR', line: encoder.encode(`${new TextDecoder().decode(lineOf())}\r`), want: 'e' },
    { name: 'no id', line: lineOf({ event_id: undefined }), want: undefined },
    { name: 'an empty id', line: lineOf({ event_id: '""' }), want: undefined },
    { name: 'an id that is a number', line: lineOf({ event_id: '1' }), want: undefined },
    { name: 'nothing', line: new Uint8Array(0), want: undefined },
    { name: 'a fragment', line: lineOf().subarray(0, -1), want: undefined },
  ]
  for (const { name, line, want } of cases) it(name, () => expect(readTail(line)?.eventId).toBe(want))

  it('has no time if the timestamp is no instant', () => {
    expect(timeMsOf(lineOf({ timestamp: '"2026-02-30T00:00:00Z"' }))).toBeUndefined()
    expect(timeMsOf(lineOf({ timestamp: undefined }))).toBeUndefined()
    expect(timeMsOf(encoder.encode('7'))).toBeUndefined()
  })
})

describe('decoding', () => {
  it('takes defaults for what the original may leave out', () => {
    expect(decode(lineOf({ meta: undefined, ipc_hash: undefined }))).toMatchObject({ meta: {}, link: null })
  })

  it('reads what JSON.parse refuses', () => {
    expect(decode(lineOf({ data: '{"a": -Infinity}' })).data).toEqual({ a: Number.NEGATIVE_INFINITY })
  })

  it('does not interpret data of another envelope version', () => {
    expect(payloadState(decode(lineOf({ event_type: '"chat.translation"' })))).toBe('invalid')
    expect(payloadState(decode(lineOf({ event_type: '"chat.translation"', schema_version: '"2.0"' })))).toBe(
      'undeclared',
    )
  })

  const versions: { name: string; meta: string; version: number; state: string }[] = [
    { name: 'none', meta: '{"a": 1}', version: 1, state: 'invalid' },
    { name: 'the first', meta: '{"data_version": 1}', version: 1, state: 'invalid' },
    { name: 'one to come', meta: '{"data_version": 2}', version: 2, state: 'undeclared' },
  ]
  for (const { name, meta, version, state } of versions)
    it(`reads the version of the payload: ${name}`, () => {
      const event = decode(lineOf({ event_type: '"chat.translation"', meta }))
      expect(event.version).toBe(version)
      expect(payloadState(event)).toBe(state)
      const upcast = expect(() => worldEvents.upcast(event))
      if (version === 1) upcast.not.toThrow()
      else
        upcast.toThrow(
          expect.objectContaining({
            code: 'UPCAST_MISSING',
            details: { type: 'chat.translation', version, newest: 1 },
          }),
        )
    })

  const cases: { name: string; line: Uint8Array; want: object }[] = [
    {
      name: 'a version that is text',
      line: lineOf({ meta: '{"data_version": "1"}' }),
      want: { path: '/meta/data_version' },
    },
    { name: 'version 0', line: lineOf({ meta: '{"data_version": 0}' }), want: { path: '/meta/data_version' } },
    { name: 'a fragment', line: lineOf().subarray(0, -1), want: { reason: 'json-invalid' } },
    { name: 'an array', line: encoder.encode('[]'), want: { path: '' } },
    { name: 'no type', line: lineOf({ event_type: undefined }), want: { path: '/event_type' } },
    { name: 'data that is a string', line: lineOf({ data: '""' }), want: { path: '/data' } },
    { name: 'meta that is null', line: lineOf({ meta: 'null' }), want: { path: '/meta' } },
    { name: 'a link that is a number', line: lineOf({ ipc_hash: '1' }), want: { path: '/ipc_hash' } },
    { name: 'no time', line: lineOf({ timestamp: undefined }), want: { path: '/timestamp' } },
    { name: 'invalid UTF-8', line: Uint8Array.of(0x7b, 0xff, 0x7d), want: { reason: 'invalid-utf8' } },
  ]
  for (const { name, line, want } of cases)
    it(`refuses ${name}`, () => {
      const refused = expect(() => decode(line))
      refused.toThrow(LedgerError)
      refused.toThrow(expect.objectContaining({ code: 'EVENT_INVALID', details: expect.objectContaining(want) }))
    })
})
