// What a draft must be beyond its model before a record can be made of it. The rest is said of the record itself.
import type { Breach, RecordDraft } from '@ledgerd/schema'
import { respellCreatedAt } from './created-at.ts'
import { recordIdOf } from './record-id.ts'
import { textAt } from './record-node.ts'

export function judgeDraft({ type, data, id, link, meta }: RecordDraft): readonly Breach[] {
  const breaches: Breach[] = []
  const refuse = (code: string, path: string, message: string): void => {
    breaches.push({ code, severity: 'E', path, message })
  }
  const ledgerType = textAt(data, 'ledger_type')
  if (ledgerType !== undefined && ledgerType !== type)
    refuse('wrong-type', '/data/ledger_type', 'Must be the type of the draft')
  if (textAt(data, 'record_id') === undefined && recordIdOf(id) === undefined)
    refuse('wrong-type', '/id', 'Must be 32 hex digits, from which the record id is made')
  const createdAt = textAt(data, 'created_at')
  if (createdAt !== undefined && respellCreatedAt(createdAt) === undefined)
    refuse('timestamp-invalid', '/data/created_at', 'Must be whole milliseconds')
  if (type === 'outcome' && textAt(data, 'status') === 'partial')
    refuse('unknown-value', '/data/status', 'Must be a status of the RFC; "partial" is only read')
  if (link !== null && link !== textAt(data, 'trace', 'workflow_id'))
    refuse('wrong-type', '/link', 'Must be null or the workflow_id')
  if (meta !== undefined) refuse('unknown-field', '/meta', 'A record has no place for it; add members to data')
  return breaches
}
