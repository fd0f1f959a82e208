// One stored line read back: as a record, as an event, or only its identity, route and time.
import { parse } from '@ledgerd/canonical'
import type { ObjectNode } from '@ledgerd/canonical'
import type { DecodedEvent } from '../contract.ts'
import { LedgerError } from '../errors.ts'
import { instantMs } from '../instant.ts'
import { memberNode, plainValue } from './member-node.ts'
import type { RecordFormat } from './record-format.ts'

const encoder = new TextEncoder()
const emptyMeta: Readonly<Record<string, unknown>> = Object.freeze({})

/** The record on a line without LF; undefined if there is none. */
export function recordOf(line: Uint8Array): ObjectNode | undefined {
  const result = parse(line, { allowNonFinite: true })
  return result.ok && result.root.kind === 'object' ? result.root : undefined
}

/** Unix milliseconds of an instant, or undefined. */
export function timeMsOfText(time: string): number | undefined {
  const text = encoder.encode(time)
  const timeMs = instantMs(text, 0, text.length)
  return Number.isNaN(timeMs) ? undefined : timeMs
}

/** Reads one line, without LF. Throws EVENT_INVALID if it is no record of the family. */
export function decodeRecord(line: Uint8Array, format: RecordFormat): DecodedEvent {
  const result = parse(line, { allowNonFinite: format.readsNonFinite })
  if (!result.ok) {
    const { code, offset, message } = result
    throw new LedgerError('EVENT_INVALID', `The line is no record: ${message}.`, { details: { reason: code, offset } })
  }
  const view = result.root.kind === 'object' ? format.view(result.root) : undefined
  if (view === undefined)
    throw new LedgerError('EVENT_INVALID', `The line is no record of ${format.family}.`, { details: { path: '' } })
  const { eventId, type, version, link, time } = view
  const meta = view.meta === undefined ? emptyMeta : (plainValue(view.meta) as Readonly<Record<string, unknown>>)
  return { eventId, type, version, link, time, meta, data: plainValue(view.data) }
}

/** Where the payload stands in the record, as a pointer; empty for flat records. */
export function payloadPointer(record: ObjectNode, data: ObjectNode): string {
  const key = record.members.findLast(({ value }) => value === data)?.key
  return key === undefined || memberNode(record, key) !== data ? '' : `/${key}`
}
