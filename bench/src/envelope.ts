// The event as a peer stores it: the same members as a ledger line, so that everyone moves the same 550 bytes. Every
// contender begins with the event as an object, as a game server does, and serialises it itself.
import { randomUUID } from 'node:crypto'
import type { RecordedEvent } from './recorded-events.ts'

/** The length of a checksum, without the work: no peer computes one. */
const placeholder = `sha256:${'0'.repeat(64)}`

/** The JSON of one event with a fresh identity. */
export function formatEnvelope(event: RecordedEvent): string {
  return JSON.stringify({
    _checksum: placeholder,
    data: event.data,
    event_id: randomUUID().replaceAll('-', ''),
    event_type: event.type,
    ipc_hash: event.link,
    meta: event.meta,
    schema_version: '1.0',
    timestamp: new Date().toISOString(),
    world_id: 'bench',
  })
}
