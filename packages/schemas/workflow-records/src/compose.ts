// From a draft to the record on disk: header first, then the body. What the writer left out
// is filled in: ledger, schema version, record id, time, payload hash, and the place of an event in its workflow.
import type { JsonMember, JsonNode, ObjectNode } from '@ledgerd/canonical'
import { integerNode, memberNode, objectNode, textNode } from '@ledgerd/schema'
import type { RecordDraft } from '@ledgerd/schema'
import { formatCreatedAt, respellCreatedAt } from './created-at.ts'
import { schemaVersion } from './header-model.ts'
import { hashedMember, ledgerTypeOf } from './ledger-type.ts'
import { payloadHash } from './payload-hash.ts'
import { recordIdOf } from './record-id.ts'
import { objectAt, textAt } from './record-node.ts'
import { headerOrder, inBodyOrder } from './record-order.ts'

/** Stands in an event until its turn tells its number; no number is written longer. */
const unsettledSequence: number = Number.MAX_SAFE_INTEGER

/** The record of a draft that was judged before; the same for the same arguments. */
export function composeRecord({ type, data, id }: RecordDraft, timeMs: number): ObjectNode {
  const given = (name: string): JsonNode | undefined => memberNode(data, name)
  const createdAt = textAt(data, 'created_at')
  const members: Record<string, JsonNode | undefined> = {
    ledger_type: textNode(type),
    schema_version: given('schema_version') ?? textNode(schemaVersion),
    tenant_id: given('tenant_id'),
    record_id: given('record_id') ?? textNode(recordIdOf(id) ?? id),
    created_at: textNode(
      (createdAt === undefined ? undefined : respellCreatedAt(createdAt)) ?? formatCreatedAt(timeMs),
    ),
    producer: given('producer'),
    trace: given('trace'),
    hash: hashNode(data, type),
  }
  const body = data.members.filter(({ key }) => !headerOrder.includes(key))
  if (type === 'event' && given('sequence_no') === undefined)
    body.push(member('sequence_no', integerNode(unsettledSequence)))
  const record = objectNode(members)
  record.members.push(...inBodyOrder(type, body))
  return record
}

/** The record with its number in its workflow. */
export function withSequence(record: ObjectNode, sequence: number): ObjectNode {
  const settled = member('sequence_no', integerNode(sequence))
  return { ...record, members: record.members.map((given) => (given.key === settled.key ? settled : given)) }
}

/** True for an event that leaves its number to its turn. */
export function awaitsSequence(record: ObjectNode): boolean {
  const node = memberNode(record, 'sequence_no')
  return node?.kind === 'number' && node.lexeme === String(unsettledSequence)
}

/** All of a record but when and where in its workflow it came: a retry may differ in these. */
export function contentOfRecord(record: ObjectNode): ObjectNode {
  const isEvent = ledgerTypeOf(record) === 'event'
  const members = record.members.filter(({ key }) => key !== 'created_at' && !(isEvent && key === 'sequence_no'))
  return { ...record, members }
}

/** The stated hash with the payload's in it; a `prev_hash` is kept. */
function hashNode(data: ObjectNode, type: string): ObjectNode | undefined {
  const ledger = ledgerTypeOf(objectNode({ ledger_type: textNode(type) }))
  const hashed = ledger === undefined ? undefined : hashedMember(ledger, data)
  const computed = hashed === undefined ? undefined : payloadHash(hashed.value)
  const stated = objectAt(data, 'hash')
  if (computed === undefined || memberNode(stated ?? objectNode({}), 'payload_hash') !== undefined) return stated
  const others = stated?.members ?? []
  return { ...objectNode({}), members: [member('payload_hash', textNode(computed)), ...others] }
}

function member(key: string, value: JsonNode): JsonMember {
  return { key, keyStart: -1, value }
}
