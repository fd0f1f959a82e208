// Identity, type, link and time of a line without reading its payload. The members behind `data` are recognised from
// the end of the line: the closing brace belongs to the envelope, and a quote cannot stand in a string unescaped, so in
// a line that is JSON at all the match can be nothing else. Other lines are parsed.
import { parse } from '@ledgerd/canonical'
import type { ObjectNode } from '@ledgerd/canonical'
import { instantMs, memberNode } from '@ledgerd/schema'
import { eventIdLength } from './event-id.ts'
import { declaredTypeAt } from './events.ts'
import { PlainTail } from './plain-tail.ts'

export interface LineTail {
  readonly eventId: string
  readonly type: string
  readonly link: string | null
  readonly time: string
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** More than the tail of an ordinary line takes. */
const tailBytesMax = 512
const linkDigits = 64

const plainTail =
  /, "event_id": "([^"\\]+)", "event_type": "([^"\\]+)", "ipc_hash": (?:null|"([0-9a-f]{64})"), "meta": (?:\{\}|\{"phase": "pre_axis_engine"\}), "schema_version": "[^"\\]*", "timestamp": "([^"\\]*)", "world_id": "[^"\\]*"\}\s*$/

const plain = new PlainTail()

/** The identity of a line without its LF; undefined if the line cannot be read or names no event. */
export function eventIdOf(line: Uint8Array): string | undefined {
  return plain.read(line) ? textAt(line, plain.eventIdAt, eventIdLength) : readTail(line)?.eventId
}

/** Type and link of such a line. */
export function routeOf(line: Uint8Array): { readonly type: string; readonly link: string | null } | undefined {
  if (!plain.read(line)) return readTail(line)
  const { typeStart, typeEnd, linkAt } = plain
  const type = declaredTypeAt(line, typeStart, typeEnd)?.name ?? textAt(line, typeStart, typeEnd - typeStart)
  return { type, link: linkAt === -1 ? null : textAt(line, linkAt, linkDigits) }
}

/** Unix milliseconds of a line's timestamp, or undefined. */
export function timeMsOf(line: Uint8Array): number | undefined {
  const timeMs = plain.read(line) ? instantMs(line, plain.timeStart, plain.timeEnd) : msOfText(readTail(line)?.time)
  return Number.isNaN(timeMs) ? undefined : timeMs
}

/** The tail of a line of any spelling. */
export function readTail(line: Uint8Array): LineTail | undefined {
  const text = decoder.decode(line.subarray(Math.max(0, line.length - tailBytesMax)))
  const match = plainTail.exec(text)
  if (match === null) return parseTail(line)
  const [, eventId = '', type = '', link, time = ''] = match
  return { eventId, type, link: link ?? null, time }
}

function textAt(line: Uint8Array, at: number, length: number): string {
  return decoder.decode(line.subarray(at, at + length))
}

function msOfText(time = ''): number {
  const text = encoder.encode(time)
  return instantMs(text, 0, text.length)
}

function parseTail(line: Uint8Array): LineTail | undefined {
  const result = parse(line, { allowNonFinite: true })
  if (!result.ok || result.root.kind !== 'object') return undefined
  const eventId = textOf(result.root, 'event_id')
  const type = textOf(result.root, 'event_type')
  if (eventId === undefined || eventId === '' || type === undefined) return undefined
  const time = textOf(result.root, 'timestamp') ?? ''
  return { eventId, type, link: textOf(result.root, 'ipc_hash') ?? null, time }
}

function textOf(root: ObjectNode, key: string): string | undefined {
  const node = memberNode(root, key)
  return node?.kind === 'string' ? node.value : undefined
}
