// The payloads of the bench: world events as they were recorded, about 550 bytes a line. Nothing is invented here.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DataIn, invariant } from '@ledgerd/schema'
import type { worldEvents } from '@ledgerd/schema-world-events'
import { seededRandom } from './seeded-random.ts'

/** What a game server has in hand before it appends. */
export interface RecordedEvent {
  readonly type: 'chat.translation'
  readonly data: DataIn<typeof worldEvents.events, 'chat.translation'>
  readonly link: string | null
  readonly meta: Readonly<Record<string, unknown>>
}

/** Recorded lines come to 561 bytes and more; the shorter half, under a short ledger id, seals to about 550. */
const lineBytesMax = 640

/** Where the recorded sessions of the repository lie. */
export const recordedFolder: string = fileURLToPath(new URL('../../vectors/world-events', import.meta.url))

/** The sessions among them; the other files are about awkward values. */
const sessionFiles = ['daily_undertaking.jsonl', 'pipeworks_web.jsonl']

/** All lines of the recorded sessions, without LF, in file order. */
export function readRecordedLines(folder: string): Buffer[] {
  return sessionFiles.flatMap((name) => [...splitLines(readFileSync(join(folder, name)))])
}

function* splitLines(bytes: Buffer): Generator<Buffer> {
  let start = 0
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    if (end > start) yield bytes.subarray(start, end)
    start = end + 1
  }
}

/** True for the lines the bench appends: short, and complete without a second event to link to. */
export function isBenchLine(line: Buffer): boolean {
  return (
    line.length <= lineBytesMax &&
    line.includes('"event_type": "chat.translation"') &&
    line.includes('"ipc_hash": null')
  )
}

/** The event that a bench line holds. */
export function parseRecordedLine(line: Buffer): RecordedEvent {
  const envelope = JSON.parse(line.toString()) as {
    event_type: RecordedEvent['type']
    data: RecordedEvent['data']
    ipc_hash: string | null
    meta: Record<string, unknown>
  }
  return { type: envelope.event_type, data: envelope.data, link: envelope.ipc_hash, meta: envelope.meta }
}

/** Hands out recorded events for ever, in an order that follows from the seed alone. */
export function eventSource(lines: readonly Buffer[], seed: number): () => RecordedEvent {
  const events = lines.filter(isBenchLine).map(parseRecordedLine)
  invariant(events.length > 0, 'some recorded lines are short enough for the bench')
  const random = seededRandom(seed)
  return () => events[Math.floor(random() * events.length)] as RecordedEvent
}
