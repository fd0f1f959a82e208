// A stored line as an event. The values are those of JSON.parse; the exact bytes stay with the caller.
import { parse } from '@ledgerd/canonical'
import { dataVersionOfValue, dataVersionPointer, LedgerError, plainValue } from '@ledgerd/schema'
import type { DecodedEvent, EventVersion, TypeName } from '@ledgerd/schema'
import { events } from './events.ts'

/** An event of this family, with the version of its envelope. */
export interface WorldEvent extends DecodedEvent {
  readonly schemaVersion: string
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads one line, without LF. Throws EVENT_INVALID if it is no record of this family. */
export function decode(line: Uint8Array): WorldEvent {
  const record = readRecord(line)
  const { event_id: eventId, event_type: type, timestamp: time, schema_version: schemaVersion } = record
  const { ipc_hash: link = null, meta = {}, data } = record
  if (!isName(eventId)) throw eventInvalid('/event_id', 'is not a name')
  if (!isName(type)) throw eventInvalid('/event_type', 'is not a name')
  if (typeof time !== 'string') throw eventInvalid('/timestamp', 'is not a string')
  if (typeof schemaVersion !== 'string') throw eventInvalid('/schema_version', 'is not a string')
  if (link !== null && typeof link !== 'string') throw eventInvalid('/ipc_hash', 'is neither null nor a string')
  if (!isObject(meta)) throw eventInvalid('/meta', 'is not an object')
  if (!isObject(data)) throw eventInvalid('/data', 'is not an object')
  const version = dataVersionOfValue(meta)
  if (version === undefined) throw eventInvalid(dataVersionPointer, 'is not a version')
  return { eventId, type, version, link, time, meta, data, schemaVersion }
}

/** Whether the payload fits its type in its version. Data of another envelope is not interpreted (formats §2.2). */
export function payloadState(event: DecodedEvent): 'valid' | 'invalid' | 'undeclared' {
  const model = modelOf(event)
  const isOtherVersion = 'schemaVersion' in event && event.schemaVersion !== '1.0'
  if (model === undefined || isOtherVersion) return 'undeclared'
  return model.safeParse(event.data).success ? 'valid' : 'invalid'
}

function modelOf({ type, version }: DecodedEvent): EventVersion['model'] | undefined {
  const declared = Object.hasOwn(events, type) ? events[type as TypeName<typeof events>] : undefined
  return declared?.versions[version - 1]?.model
}

/** Lines that JSON.parse refuses, such as those with NaN, are read by the strict scanner; it also says what is wrong. */
function readRecord(line: Uint8Array): Readonly<Record<string, unknown>> {
  const value = parseQuickly(line) ?? parseStrictly(line)
  if (isObject(value)) return value
  throw eventInvalid('', 'is not an object')
}

function parseQuickly(line: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(line)) as unknown
  } catch {
    // Neither the decoder nor JSON.parse says what is wrong in words of ours; the scanner is asked next.
    return undefined
  }
}

function parseStrictly(line: Uint8Array): unknown {
  const result = parse(line, { allowNonFinite: true })
  if (result.ok) return plainValue(result.root)
  const { code, offset, message } = result
  throw new LedgerError('EVENT_INVALID', `The line is no record: ${message}.`, {
    details: { reason: code, offset },
  })
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function eventInvalid(path: string, message: string): LedgerError {
  return new LedgerError('EVENT_INVALID', `${path === '' ? 'The line' : path} ${message}.`, { details: { path } })
}
