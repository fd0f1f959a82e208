// The six ledgers of the family, how a record that does not name its ledger is told by its body, and which member of
// each is under the record's payload hash (formats §6.1).
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import { memberNode } from '@ledgerd/schema'

export type LedgerType = 'event' | 'job' | 'outcome' | 'document' | 'memory' | 'entity'

export const ledgerTypes: readonly LedgerType[] = ['event', 'job', 'outcome', 'document', 'memory', 'entity']

/** The member that only records of this ledger have. */
const tellingMembers: Readonly<Record<LedgerType, string>> = {
  event: 'event_type',
  job: 'operator_name',
  outcome: 'outcome_type',
  document: 'document_id',
  memory: 'memory_id',
  entity: 'entity_id',
}

/** The ledger a record belongs to: as it says, else as its body shows; undefined if neither tells. */
export function ledgerTypeOf(record: ObjectNode): LedgerType | undefined {
  const named = memberNode(record, 'ledger_type')
  if (named === undefined) return ledgerTypes.find((type) => memberNode(record, tellingMembers[type]) !== undefined)
  return named.kind === 'string' ? ledgerTypes.find((type) => type === named.value) : undefined
}

export interface HashedMember {
  readonly name: string
  readonly value: JsonNode
}

/** The member that `hash.payload_hash` covers; a document is an upload (`source`) or a transformation (`derived`). */
export function hashedMember(type: LedgerType, record: ObjectNode): HashedMember | undefined {
  for (const name of hashedMembers[type]) {
    const value = memberNode(record, name)
    if (value !== undefined) return { name, value }
  }
  return undefined
}

const hashedMembers: Readonly<Record<LedgerType, readonly string[]>> = {
  event: ['payload'],
  job: ['input_payload'],
  outcome: ['content'],
  document: ['derived', 'source'],
  memory: ['content'],
  entity: ['canonical'],
}
