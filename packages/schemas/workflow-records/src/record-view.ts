// What a stored record says of itself: its ledger is its type, the workflow is its link, the whole record is its data.
import type { ObjectNode } from '@ledgerd/canonical'
import type { RecordView } from '@ledgerd/schema'
import { ledgerTypeOf } from './ledger-type.ts'
import { identityOf } from './record-id.ts'
import { textAt } from './record-node.ts'

/** Undefined if the record belongs to none of the six ledgers. Old records without an id have an empty identity. */
export function viewRecord(record: ObjectNode): RecordView | undefined {
  const type = ledgerTypeOf(record)
  if (type === undefined) return undefined
  return {
    eventId: identityOf(textAt(record, 'record_id') ?? ''),
    type,
    version: versionOf(textAt(record, 'schema_version')),
    link: textAt(record, 'trace', 'workflow_id') ?? null,
    time: textAt(record, 'created_at') ?? '',
    meta: undefined,
    data: record,
  }
}

/** The first number of `schema_version` is the version of the record's type; adding members does not raise it. */
function versionOf(schemaVersion: string | undefined): number {
  const major = /^[1-9]\d{0,8}(?=\.|$)/.exec(schemaVersion ?? '')?.[0]
  return major === undefined ? 1 : Number(major)
}
