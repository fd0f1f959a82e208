// A record read as an event. The payload is the record itself.
import type { ObjectNode } from '@ledgerd/canonical'
import { memberNode } from '@ledgerd/schema'
import type { RecordView } from '@ledgerd/schema'
import { eventIdentity } from './event-identity.ts'
import { isInteger, textOf } from './node-facts.ts'
import { recordKind } from './record-kind.ts'
import type { RecordKind } from './record-kind.ts'

/** `schema_version` of the records that version 1 of `window` describes. */
export const schemaVersion = 2

/** Undefined for a window that names neither its job nor its phase. */
export function viewRecord(record: ObjectNode): RecordView | undefined {
  const kind = recordKind(record)
  const job = textOf(memberNode(record, 'job_id'))
  if (kind === 'window' && (job === undefined || textOf(memberNode(record, 'phase')) === undefined)) return undefined
  let eventId: string | undefined
  return {
    /** Made when it is asked for: it takes the canonical text of all of the record, and history is replayed without. */
    get eventId() {
      return (eventId ??= eventIdentity(record, kind))
    },
    type: kind,
    version: kind === 'window' ? eventVersion(record) : 1,
    link: kind === 'window' ? (job ?? null) : null,
    time: timeOf(record, kind),
    meta: undefined,
    data: record,
  }
}

/**
 * The family's versions go on from the seed's: `schema_version` 2 is version 1 of `window`, 3 would be version 2. For
 * older ones there is no version, and no model to hold them against.
 */
function eventVersion(record: ObjectNode): number {
  const version = schemaVersionOf(record) ?? schemaVersion
  return Math.max(0, version - schemaVersion + 1)
}

/** `schema_version` if it is an integer that can be counted with. */
export function schemaVersionOf(record: ObjectNode): number | undefined {
  const node = memberNode(record, 'schema_version')
  const version = node?.kind === 'number' && isInteger(node) ? Number(node.lexeme) : Number.NaN
  return Number.isSafeInteger(version) ? version : undefined
}

/** The farthest time that Date can write. */
const dateMsMax = 8.64e15

function timeOf(record: ObjectNode, kind: RecordKind): string {
  if (kind !== 'tool') return textOf(memberNode(record, 'ts')) ?? ''
  const node = memberNode(record, 't')
  const timeMs = node?.kind === 'number' ? Number(node.lexeme) : Number.NaN
  return Math.abs(timeMs) <= dateMsMax ? new Date(timeMs).toISOString() : ''
}
