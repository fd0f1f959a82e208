import * as z from 'zod'
import { defineSchema, event, field, float, int, text } from '../src/index.ts'

const doorOpened = z.looseObject({
  door: int(),
  by: field(text(), { subject: { kind: 'character', by: 'name' } }),
})
const lightV1 = z.looseObject({ room: text(), isOn: z.boolean() })
const lightV2 = z.looseObject({ room: text(), level: field(float(), { unit: '1' }) })

export const rooms = defineSchema({
  name: '@team/ledger-rooms',
  version: '1.1.0',
  events: {
    'door.opened': event(doorOpened),
    'light.changed': event(lightV1).next(lightV2, ({ isOn, ...old }) => ({ ...old, level: isOn ? 1 : 0 })),
  },
})

// The daemon seals and the SDK reads; by hand it is this:
const id = rooms.deriveEventId('houses/inn', 'evening')
const draft = rooms.encodeDraft({ type: 'light.changed', id, data: { room: 'hall', level: 1 } })
const writer = rooms.openWriter({ ledger: 'houses/inn' })
const admitted = writer.admit(new TextEncoder().encode(draft))
const target = new Uint8Array(admitted.lineBytesMax)
const end = writer.seal(admitted, { seq: 0, timeMs: Date.UTC(2026, 1, 27, 14, 23, 1, 452) }, target, 0)
const line = target.subarray(0, end - 1)
// {"data": {"level": 1.0, "room": "hall"}, "id": "…", "link": null, "meta": {"data_version": 2},
//  "time": "2026-02-27T14:23:01.452Z", "type": "light.changed"}
const { findings } = rooms.openChecker({ ledger: 'houses/inn' }).check(line, { line: 1, offset: 0 }) // []

const stored = new TextEncoder().encode(
  `{"data": {"isOn": true, "room": "hall"}, "id": "${id}", "link": null, "meta": {}, "time": "2025-02-27T14:23:01.452Z", "type": "light.changed"}`,
)
const { data } = rooms.upcast(rooms.decode(stored)) // {room: 'hall', level: 1}; the line stays as it is

export { data, findings, line }
