// Identity, type, link and time of a line without reading its payload. The members behind `data` are recognised from
// the end of the line: the closing brace belongs to the envelope, and a quote cannot stand in a string unescaped, so in
// a line that is JSON at all the match can be nothing else. Other lines are parsed.
import { parse } from '@ledgerd/canonical'
import type { ObjectNode } from '@ledgerd/canonical'
import { instantMs } from '@ledgerd/schema'
import { memberNode } from './member-node.ts'

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

const plainTail =
  /, "event_id": "([^"\\]+)", "event_type": "([^"\\]+)", "ipc_hash": (?:null|"([0-9a-f]{64})"), "meta": (?:\{\}|\{"phase": "pre_axis_engine"\}), "schema_version": "[^"\\]*", "timestamp": "([^"\\]*)", "world_id": "[^"\\]*"\}\s*$/

/** The tail of a line without its LF; undefined if the line cannot be read or names no event. */
export function readTail(line: Uint8Array): LineTail | undefined {
  const text = decoder.decode(line.subarray(Math.max(0, line.length - tailBytesMax)))
  const match = plainTail.exec(text)
  if (match === null) return parseTail(line)
  const [, eventId = '', type = '', link, time = ''] = match
  return { eventId, type, link: link ?? null, time }
}

/** Unix milliseconds of a line's timestamp, or undefined. */
export function timeMsOf(line: Uint8Array): number | undefined {
  const time = encoder.encode(readTail(line)?.time ?? '')
  const timeMs = instantMs(time, 0, time.length)
  return Number.isNaN(timeMs) ? undefined : timeMs
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
