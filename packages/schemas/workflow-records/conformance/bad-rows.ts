// For tests of bad input: records of each ledger by what they say, in the fewest words.
import * as draft from './sample-drafts.ts'
import { storedLine } from './stored-lines.ts'

export type Row = readonly [type: string, data: object]

export const hash = (digit: string): string => `sha256:${digit.repeat(64)}`
export const event = (n: number, type = 'PLAN_CREATED', payload: object = draft.event.payload): Row => [
  'event',
  { ...draft.event, event_type: type, sequence_no: n, payload },
]
export const job = (status: string, changes: object = {}): Row => [
  'job',
  {
    ...draft.queued,
    status,
    ...(status === 'failed' ? { error: { code: 'RATE_LIMIT', retryable: true } } : {}),
    ...changes,
  },
]
export const outcome = (version: number, changes: object = {}): Row => [
  'outcome',
  {
    ...draft.outcome,
    outcome_id: `o${version}`,
    version,
    parent_outcome_id: version === 1 ? null : `o${version - 1}`,
    content: { text: `v${version}` },
    ...changes,
  },
]
export const created = (n: number, version: number): Row =>
  event(n, 'OUTCOME_CREATED', { outcome_id: `o${version}`, version })
export const memory = (version: number, changes: object = {}): Row => [
  'memory',
  {
    ...draft.memory,
    memory_id: `m${version}`,
    version,
    parent_memory_id: version === 1 ? null : `m${version - 1}`,
    ...changes,
  },
]
export const noted = (n: number, version: number): Row => event(n, 'MEMORY_CREATED', { memory_id: `m${version}` })
export const upload = (source: string, changes: object = {}): Row => [
  'document',
  { ...draft.upload, source: { hash: source }, ...changes },
]
export const entity = (id: string, changes: object = {}): Row => [
  'entity',
  { ...draft.entity, entity_id: id, ...changes },
]
export const known = (n: number, id: string): Row => event(n, 'ENTITY_CREATED', { entity_id: id, version: 1 })
export const gate = (n: number, more: object = {}): Row =>
  event(n, 'GATE_REQUESTED', { gate_id: 'g1', outcome_id: 'o1', ...more })
export const approval = (n: number, outcomeId = 'o1', type = 'USER_APPROVED'): Row =>
  event(n, type, { gate_id: 'g1', outcome_id: outcomeId, actor_id: 8 })

export const linesOf = (rows: readonly Row[]): string[] =>
  rows.map(([type, data], at) => storedLine(type, data, at + 1))
