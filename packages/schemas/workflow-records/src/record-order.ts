// The order in which members are written: the header, then the body as the RFC prints it, then whatever else the writer
// gave. Readers take any order.
import type { JsonMember } from '@ledgerd/canonical'

export const headerOrder: readonly string[] = [
  ...['ledger_type', 'schema_version', 'tenant_id', 'record_id', 'created_at', 'producer', 'trace', 'hash'],
]

const bodyOrders: Readonly<Record<string, readonly string[]>> = {
  event: ['event_type', 'severity', 'sequence_no', 'payload'],
  job: [
    ...['operator_name', 'status', 'attempt', 'idempotency_key', 'claim_id'],
    ...['input_payload', 'result_payload', 'error', 'usage'],
  ],
  outcome: [
    ...['outcome_id', 'lineage_id', 'outcome_type', 'status', 'version', 'parent_outcome_id', 'content', 'confidence'],
  ],
  document: [
    ...['document_id', 'document_type', 'title', 'lifecycle', 'status', 'source', 'derived', 'processor_version'],
    ...['revision', 'parent_revision_id'],
  ],
  memory: [
    ...['memory_id', 'lineage_id', 'version', 'parent_memory_id', 'owner_principal_id', 'memory_type', 'content'],
    ...['source', 'confidence', 'is_active', 'expires_at'],
  ],
  entity: [
    ...['entity_id', 'entity_type', 'version', 'canonical', 'canonical_key_hash', 'aliases', 'source', 'is_active'],
  ],
}

/** The members of a body as they are written; those the RFC does not know keep their order behind the others. */
export function inBodyOrder(type: string, members: readonly JsonMember[]): JsonMember[] {
  const order = bodyOrders[type] ?? []
  const rankOf = ({ key }: JsonMember): number => {
    const rank = order.indexOf(key)
    return rank < 0 ? order.length : rank
  }
  return members.toSorted((a, b) => rankOf(a) - rankOf(b))
}
