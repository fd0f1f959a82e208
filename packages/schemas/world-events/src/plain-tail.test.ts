import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readVectorLines } from '../conformance/check-file.ts'
import { eventIdOf, readTail, routeOf, timeMsOf } from './line-tail.ts'
import { PlainTail } from './plain-tail.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const lines = [...readVectorLines('live/daily_undertaking.jsonl'), ...readVectorLines('live/pipeworks_web.jsonl')]

/** What the fast reading says of a line, if it says anything. */
function readPlain(line: Uint8Array): object | undefined {
  const tail = new PlainTail()
  if (!tail.read(line)) return undefined
  const text = (start: number, end: number): string => decoder.decode(line.subarray(start, end))
  return {
    eventId: text(tail.eventIdAt, tail.eventIdAt + 32),
    type: text(tail.typeStart, tail.typeEnd),
    link: tail.linkAt === -1 ? null : text(tail.linkAt, tail.linkAt + 64),
    time: text(tail.timeStart, tail.timeEnd),
  }
}

function expectAgreement(line: Uint8Array): void {
  const any = readTail(line)
  const plain = readPlain(line)
  if (plain !== undefined) expect(plain).toEqual(any)
  expect(eventIdOf(line)).toBe(any?.eventId)
  const route = routeOf(line)
  expect([route?.type, route?.link]).toEqual([any?.type, any?.link])
  if (any === undefined) expect(timeMsOf(line)).toBeUndefined()
}

describe('the fast reading of a tail', () => {
  it('reads every line that a writer wrote', () => {
    for (const line of lines) {
      expect(readPlain(line)).toBeDefined()
      expectAgreement(line)
    }
  })

  const text = decoder.decode(lines[0])
  const cases = [
    { name: 'nothing', line: '' },
    { name: 'a brace and a quote', line: '"}' },
    { name: 'a tail without its beginning', line: text.slice(text.indexOf('event_id')) },
    { name: 'a CR', line: `${text}\r` },
    { name: 'an id of other digits', line: text.replace(/"event_id": "./, '"event_id": "G') },
    { name: 'an empty id', line: text.replace(/"event_id": "[^"]+/, '"event_id": "') },
    { name: 'an empty type', line: text.replace(/"event_type": "[^"]+/, '"event_type": "') },
    { name: 'an escape in the world', line: text.replace('daily', '\\"daily') },
    { name: 'an escape before the world', line: text.replace('"world_id": "', '"world_id\\": "') },
    { name: 'letters outside ASCII', line: text.replace('daily', 'täglich') },
    { name: 'a world of more bytes than are looked at', line: text.replace('daily', 'd'.repeat(200)) },
    { name: 'another version', line: text.replace('"1.0"', '"2.0"') },
    { name: 'another meta', line: text.replace(/"meta": \{[^}]*\}/, '"meta": {"a": 1}') },
    { name: 'a meta that ends like a known one', line: text.replace(/"meta": \{[^}]*\}/, '"meta": {"a": {}}') },
    { name: 'a later event id', line: text.replace(/\}$/, ', "event_id": "7"}') },
    { name: 'a tail inside of data', line: text.replace(/^.*?"event_id"/, '{"data": {"x": 1, "event_id"') },
  ]
  for (const { name, line } of cases) it(`agrees on ${name}`, () => expectAgreement(encoder.encode(line)))

  it('agrees with the other one on lines with bytes changed, put in, taken out and moved', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '"',
        '\\',
        '}',
        '{',
        ', ',
        '": "',
        'null',
        '{}',
        'é',
        '\u007f',
        '\n',
        ', "event_id": "',
        '"meta"',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    )
    const edit = fc.record({ fromEnd: fc.nat(450), removed: fc.nat(4), piece })
    fc.assert(
      fc.property(
        fc.constantFrom(...lines.slice(0, 60)),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (line, edits) => {
          let bytes = [...line]
          for (const { fromEnd, removed, piece: put } of edits) {
            const at = Math.max(0, bytes.length - fromEnd)
            bytes = [...bytes.slice(0, at), ...encoder.encode(put), ...bytes.slice(at + removed)]
          }
          expectAgreement(Uint8Array.from(bytes))
        },
      ),
      { numRuns: 5000 },
    )
  })
})
