// Form, header and hash of one record alone (formats §6.1, §6.2). What its models say is wrong comes from the engine;
// here are the warnings that readers give where writers are refused, and what no model can say.
import type { ObjectNode } from '@ledgerd/canonical'
import { instantFault, memberNode } from '@ledgerd/schema'
import type { Breach, Severity } from '@ledgerd/schema'
import { documentStatuses } from './document-record.ts'
import { knownEventTypes, payloadBytesMax, requiredInPayload } from './event-record.ts'
import { schemaVersion } from './header-model.ts'
import { ledgerTypeOf } from './ledger-type.ts'
import { judgePayloadHash, payloadText } from './payload-hash.ts'
import { isUuid } from './record-id.ts'
import { integerAt, nodeAt, textAt } from './record-node.ts'

/** All that can be said of the record without its neighbours; level 'lines' looks at form, header and hash only. */
export function judgeRecord(
  record: ObjectNode,
  { level }: { readonly level: 'lines' | 'schema' },
): { readonly breaches: readonly Breach[]; readonly variant: string | undefined } {
  const breaches: Breach[] = []
  const add = (code: string, severity: Severity, path: string, message: string): void => {
    breaches.push({ code, severity, path, message })
  }
  const type = ledgerTypeOf(record)
  judgeHeader(record, add)
  if (type === undefined) {
    add('wrong-type', 'E', '/ledger_type', 'The record belongs to none of the six ledgers.')
    return { breaches, variant: undefined }
  }
  const hash = judgePayloadHash(type, record)
  if (hash !== undefined) breaches.push(hash)
  if (level === 'schema' && type === 'event') judgeEvent(record, add)
  // The RFC's own examples have none; each such outcome is a lineage of its own (formats §6.4).
  if (level === 'schema' && type === 'outcome' && memberNode(record, 'lineage_id') === undefined)
    add('missing-field', 'W', '/lineage_id', 'Every outcome has the lineage_id that its versions share.')
  if (level === 'schema' && type === 'outcome' && textAt(record, 'status') === 'partial')
    add('unknown-value', 'W', '/status', '"partial" is no status of the RFC.')
  const status = textAt(record, 'status')
  if (level === 'schema' && type === 'document' && status !== undefined && !documentStatuses.includes(status))
    add('unknown-value', 'W', '/status', `"${status}" is no status of a document.`)
  return { breaches, variant: hash === undefined ? 'sha256' : hash.severity === 'W' ? 'other-hash' : undefined }
}

type Add = (code: string, severity: Severity, path: string, message: string) => void

/** Members that writers must give and readers miss with a warning only. */
const recommended: readonly (readonly string[])[] = [
  ...[['ledger_type'], ['schema_version'], ['record_id'], ['created_at'], ['hash']],
  ...[['producer'], ['trace'], ['trace', 'correlation_id'], ['trace', 'workflow_id']],
]

function judgeHeader(record: ObjectNode, add: Add): void {
  for (const path of recommended) {
    const parent = nodeAt(record, ...path.slice(0, -1))
    if (parent?.kind === 'object' && nodeAt(record, ...path) === undefined)
      add('missing-field', 'W', `/${path.join('/')}`, `Every record has ${path.join('.')}.`)
  }
  const tenant = memberNode(record, 'tenant_id')
  if (tenant === undefined) add('missing-field', 'E', '/tenant_id', 'A record without a tenant belongs to nobody.')
  else if ((integerAt(record, 'tenant_id') ?? 0) < 1) add('wrong-type', 'E', '/tenant_id', 'It is a positive integer.')
  const recordId = memberNode(record, 'record_id')
  if (recordId !== undefined && !(recordId.kind === 'string' && isUuid(recordId.value)))
    add('wrong-type', 'E', '/record_id', 'It is a UUID.')
  judgeVersion(record, add)
  const createdAt = memberNode(record, 'created_at')
  if (createdAt === undefined) return
  const fault = createdAt.kind === 'string' ? instantFault(createdAt.value) : 'timestamp-invalid'
  if (fault !== undefined) add(fault, 'E', '/created_at', 'It is a date and time with a zone.')
}

function judgeVersion(record: ObjectNode, add: Add): void {
  const node = memberNode(record, 'schema_version')
  if (node === undefined) return
  if (node.kind !== 'string') return add('wrong-type', 'E', '/schema_version', 'It is a text, such as "1.0".')
  if (node.value !== schemaVersion)
    add('schema-version-unsupported', 'W', '/schema_version', `Version "${node.value}" is not known.`)
}

function judgeEvent(record: ObjectNode, add: Add): void {
  const eventType = textAt(record, 'event_type')
  const payload = memberNode(record, 'payload')
  if (eventType !== undefined && !knownEventTypes.has(eventType))
    add('unknown-event-type', 'I', '/event_type', `"${eventType}" is not known; its payload is not read.`)
  if (payload?.kind !== 'object') return
  const required =
    eventType !== undefined && Object.hasOwn(requiredInPayload, eventType) ? requiredInPayload[eventType] : []
  for (const name of required ?? [])
    if (memberNode(payload, name) === undefined)
      add('missing-field', 'E', `/payload/${name}`, `${eventType} names its ${name}.`)
  if ((payloadText(payload)?.length ?? 0) > payloadBytesMax)
    add('payload-large', 'W', '/payload', `Payloads are ids and reason codes, at most ${payloadBytesMax} bytes.`)
}
