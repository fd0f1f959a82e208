// For tests: the data of one sound draft of each kind, in the fewest words, and the header that all share.

export const header = {
  tenant_id: 1,
  producer: { kind: 'kernel', name: 'kernel', version: '1.0' },
  trace: { correlation_id: 'c1', workflow_id: 'w1' },
} as const

export const event = { ...header, event_type: 'PLAN_CREATED', severity: 'info', payload: { steps: 3 } } as const

export const queued = {
  ...header,
  operator_name: 'Email.Send',
  status: 'queued',
  attempt: 1,
  idempotency_key: 'k1',
  input_payload: { to: 7 },
} as const

export const outcome = {
  ...header,
  outcome_id: 'o1',
  lineage_id: 'l1',
  outcome_type: 'Email.Draft',
  status: 'draft',
  version: 1,
  parent_outcome_id: null,
  content: {},
} as const

export const upload = {
  ...header,
  document_id: 'd1',
  lifecycle: 'temp',
  status: 'uploaded',
  revision: 0,
  source: { hash: `sha256:${'0'.repeat(64)}` },
} as const

export const memory = {
  ...header,
  memory_id: 'm1',
  lineage_id: 'ml',
  version: 1,
  parent_memory_id: null,
  memory_type: 'tone',
  content: 'formal',
  source: 'user',
  is_active: true,
} as const

export const entity = {
  ...header,
  entity_id: 'e1',
  entity_type: 'professor',
  version: 1,
  canonical: {},
  canonical_key_hash: 'h',
  source: 'x',
  is_active: true,
} as const
