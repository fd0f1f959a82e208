// The recorded session as drafts. A line's own text is kept beside the parsed values, because some values (large
// integers, 1.0) are only exact as text, and because the demo compares what was written with what was recorded.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

export const recordedFolder: string = fileURLToPath(new URL('../../../vectors/world-events/', import.meta.url))

export interface RecordedEvent {
  readonly id: string
  readonly type: string
  readonly data: unknown
  readonly link: string | null
  readonly meta: Readonly<Record<string, unknown>>
}

/** The lines of one recorded ledger, by the name of its world, without their LF. */
export async function readRecording(world: string): Promise<readonly string[]> {
  const text = await readFile(`${recordedFolder}${world}.jsonl`, 'utf8')
  return text.split('\n').slice(0, -1)
}

/** A line of the original writer's as values (formats §2.2). */
export function parseRecordedLine(line: string): RecordedEvent {
  const { event_id: id, event_type: type, data, ipc_hash: link, meta } = JSON.parse(line)
  return { id, type, data, link, meta }
}

/**
 * What a line says apart from when it was written: everything between the checksum, which comes first, and the
 * timestamp. Two lines with the same content are equal here character by character.
 */
export function contentOf(line: string): string {
  return line.slice(line.indexOf(dataStart), line.lastIndexOf(', "timestamp": "'))
}

/** The draft of a recorded line as text (PROTOCOL.md §4). Its data and meta go over as they are spelled, JSON or not. */
export function draftText(line: string): string {
  const idStart = line.lastIndexOf(', "event_id": "')
  const metaStart = line.indexOf(', "meta": ', idStart)
  const metaEnd = line.lastIndexOf(', "schema_version": "')
  const { event_id: id, event_type: type, ipc_hash: link } = JSON.parse(`{${line.slice(idStart + 2, metaStart)}}`)
  const data = line.slice(line.indexOf(dataStart) + dataStart.length, idStart)
  const meta = line.slice(metaStart + ', "meta": '.length, metaEnd)
  return `{"data": ${data}, "id": "${id}", "link": ${JSON.stringify(link)}, "meta": ${meta}, "type": ${JSON.stringify(type)}}`
}

const dataStart = ', "data": '
