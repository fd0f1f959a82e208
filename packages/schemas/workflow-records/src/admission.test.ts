// Drafts at admission: what is refused, and by which code.
import { describe, expect, it } from 'vitest'
import { MemoryLedger } from '../conformance/memory-ledger.ts'
import { entity, event, header, memory, outcome, queued, upload } from '../conformance/sample-drafts.ts'
import { workflowRecords } from './workflow-records.ts'

describe('drafts that are refused', () => {
  const gate = { ...event, event_type: 'GATE_REQUESTED', payload: { gate_id: 'g1', outcome_id: 'o1' } }
  const approval = { ...event, event_type: 'USER_APPROVED', payload: { gate_id: 'g1', outcome_id: 'o1', actor_id: 8 } }
  const running = { ...queued, status: 'running' }
  const succeeded = { ...queued, status: 'succeeded', result_payload: null }
  const failed = { ...queued, status: 'failed', error: { code: 'RATE_LIMIT', retryable: true } }
  const denied = { ...queued, status: 'failed', error: { code: 'POLICY_DENIED', retryable: false } }
  const second = { ...outcome, outcome_id: 'o2', version: 2, parent_outcome_id: 'o1' }
  const foreign = { ...header, tenant_id: 2 }

  type Row = readonly [type: string, data: object]
  const cases: readonly { name: string; before?: readonly Row[]; draft: Row; want: string | undefined }[] = [
    // formats §6.8, row by row
    { name: 'tenant_string', draft: ['event', { ...event, tenant_id: '1' }], want: 'SCHEMA_INVALID /data/tenant_id' },
    {
      name: 'a tenant that is a float',
      draft: ['event', { ...event, tenant_id: 1.5 }],
      want: 'SCHEMA_INVALID /data/tenant_id',
    },
    { name: 'no tenant', draft: ['event', { ...event, tenant_id: undefined }], want: 'SCHEMA_INVALID /data/tenant_id' },
    {
      name: 'dup_sequence_no',
      before: [['event', event]],
      draft: ['event', { ...event, sequence_no: 1 }],
      want: 'INVARIANT_VIOLATED duplicate-sequence',
    },
    {
      name: 'a gap in the sequence',
      before: [['event', event]],
      draft: ['event', { ...event, sequence_no: 3 }],
      want: 'INVARIANT_VIOLATED sequence-gap',
    },
    {
      name: 'same_key_other_payload',
      before: [['job', queued]],
      draft: ['job', { ...running, input_payload: { to: 8 } }],
      want: 'INVARIANT_VIOLATED idempotency-payload-mismatch',
    },
    {
      name: 'same_key_other_tenant_is_fine',
      before: [['job', queued]],
      draft: ['job', { ...queued, ...foreign, input_payload: {} }],
      want: undefined,
    },
    {
      name: 'draft_after_final_same_version',
      before: [['outcome', { ...outcome, status: 'final' }]],
      draft: ['outcome', outcome],
      want: 'INVARIANT_VIOLATED draft-over-final',
    },
    {
      name: 'parent_other_tenant',
      before: [
        ['outcome', { ...outcome, ...foreign }],
        ['outcome', { ...outcome, outcome_id: 'ox' }],
      ],
      draft: ['outcome', second],
      want: 'INVARIANT_VIOLATED parent-cross-tenant',
    },
    { name: 'change_without_event is told at the end', draft: ['outcome', outcome], want: undefined },
    {
      name: 'approval_of_other_version',
      before: [['event', gate]],
      draft: ['event', { ...approval, payload: { ...approval.payload, outcome_id: 'o0' } }],
      want: 'INVARIANT_VIOLATED approval-mismatch',
    },
    {
      name: 'wrong payload hash',
      draft: ['event', { ...event, hash: { payload_hash: `sha256:${'0'.repeat(64)}` } }],
      want: 'SCHEMA_INVALID payload-hash-mismatch /data/hash/payload_hash',
    },
    // the rest of §6.1 to §6.7
    {
      name: 'a record id that is no UUID',
      draft: ['event', { ...event, record_id: 'x' }],
      want: 'SCHEMA_INVALID /data/record_id',
    },
    {
      name: 'another ledger',
      draft: ['event', { ...event, ledger_type: 'job' }],
      want: 'SCHEMA_INVALID wrong-type /data/ledger_type',
    },
    {
      name: 'a time finer than it is written',
      draft: ['event', { ...event, created_at: '2026-01-28T20:03:01.0001Z' }],
      want: 'SCHEMA_INVALID timestamp-invalid /data/created_at',
    },
    { name: 'a gate that nobody asked for', draft: ['event', approval], want: 'INVARIANT_VIOLATED approval-mismatch' },
    {
      name: 'the same decision again',
      before: [
        ['event', gate],
        ['event', approval],
      ],
      draft: ['event', approval],
      want: undefined,
    },
    {
      name: 'a second decision of one actor',
      before: [
        ['event', gate],
        ['event', approval],
      ],
      draft: ['event', { ...approval, event_type: 'USER_REJECTED' }],
      want: 'INVARIANT_VIOLATED second-decision',
    },
    {
      name: 'an approval after the gate expired',
      before: [['event', { ...gate, payload: { ...gate.payload, expires_at: '2026-01-28T18:59:59Z' } }]],
      draft: ['event', approval],
      want: 'INVARIANT_VIOLATED gate-expired',
    },
    {
      name: 'an approval after an expiry event',
      before: [
        ['event', gate],
        ['event', { ...event, event_type: 'GATE_EXPIRED', payload: { gate_id: 'g1' } }],
      ],
      draft: ['event', approval],
      want: 'INVARIANT_VIOLATED gate-expired',
    },
    {
      name: 'a gate used again for an edit',
      before: [['event', gate]],
      draft: ['event', { ...gate, payload: { gate_id: 'g1', outcome_id: 'o2' } }],
      want: 'INVARIANT_VIOLATED gate-reused',
    },
    {
      name: 'an event that does not name what it explains',
      draft: ['event', { ...event, event_type: 'OUTCOME_CREATED', payload: { version: 1 } }],
      want: 'SCHEMA_INVALID missing-field /data/payload/outcome_id',
    },
    { name: 'a job that begins running', draft: ['job', running], want: 'INVARIANT_VIOLATED illegal-transition' },
    {
      name: 'a second success',
      before: [
        ['job', queued],
        ['job', running],
        ['job', succeeded],
      ],
      draft: ['job', succeeded],
      want: 'INVARIANT_VIOLATED second-success',
    },
    {
      name: 'a retry of the same attempt',
      before: [
        ['job', queued],
        ['job', running],
        ['job', failed],
      ],
      draft: ['job', running],
      want: 'INVARIANT_VIOLATED illegal-transition',
    },
    {
      name: 'the next attempt after a retryable failure',
      before: [
        ['job', queued],
        ['job', running],
        ['job', failed],
      ],
      draft: ['job', { ...running, attempt: 2 }],
      want: undefined,
    },
    {
      name: 'an attempt after a final failure',
      before: [
        ['job', queued],
        ['job', running],
        ['job', denied],
      ],
      draft: ['job', { ...running, attempt: 2 }],
      want: 'INVARIANT_VIOLATED illegal-transition',
    },
    {
      name: 'a version twice',
      before: [['outcome', outcome]],
      draft: ['outcome', { ...outcome, outcome_id: 'o2' }],
      want: 'INVARIANT_VIOLATED duplicate-version',
    },
    {
      name: 'a version superseded by a later record',
      before: [
        ['outcome', outcome],
        ['outcome', second],
      ],
      draft: ['outcome', { ...outcome, status: 'superseded' }],
      want: undefined,
    },
    {
      name: 'a version left out',
      draft: ['outcome', { ...second, version: 3 }],
      want: 'INVARIANT_VIOLATED version-gap',
    },
    {
      name: 'a parent that is not the version before',
      before: [['outcome', outcome]],
      draft: ['outcome', { ...second, parent_outcome_id: 'o9' }],
      want: 'INVARIANT_VIOLATED parent-missing',
    },
    {
      name: 'a first version with a parent',
      draft: ['outcome', { ...outcome, parent_outcome_id: 'o9' }],
      want: 'INVARIANT_VIOLATED parent-missing',
    },
    {
      name: 'a status that is only read',
      draft: ['outcome', { ...outcome, status: 'partial' }],
      want: 'SCHEMA_INVALID unknown-value /data/status',
    },
    {
      name: 'more confidence than there is',
      draft: ['outcome', { ...outcome, confidence: 1.1 }],
      want: 'SCHEMA_INVALID /data/confidence',
    },
    {
      name: 'an upload that changes',
      before: [['document', upload]],
      draft: ['document', { ...upload, source: { hash: `sha256:${'1'.repeat(64)}` } }],
      want: 'INVARIANT_VIOLATED raw-document-mutated',
    },
    { name: 'the same upload again', before: [['document', upload]], draft: ['document', upload], want: undefined },
    {
      name: 'a transformation without its processor',
      draft: ['document', { ...upload, source: undefined, derived: {}, revision: 1 }],
      want: 'SCHEMA_INVALID /data',
    },
    {
      name: 'a memory version without its parent',
      before: [['memory', memory]],
      draft: ['memory', { ...memory, memory_id: 'm2', version: 2 }],
      want: 'INVARIANT_VIOLATED parent-missing',
    },
    {
      name: 'a memory version left out',
      draft: ['memory', { ...memory, version: 2, parent_memory_id: 'm0' }],
      want: 'INVARIANT_VIOLATED version-gap',
    },
    {
      name: 'a memory without a source',
      draft: ['memory', { ...memory, source: '' }],
      want: 'SCHEMA_INVALID /data/source',
    },
    {
      name: 'an entity version twice',
      before: [['entity', entity]],
      draft: ['entity', entity],
      want: 'INVARIANT_VIOLATED duplicate-version',
    },
    {
      name: 'two entities with one key',
      before: [['entity', entity]],
      draft: ['entity', { ...entity, entity_id: 'e2' }],
      want: 'INVARIANT_VIOLATED duplicate-entity-key',
    },
    {
      name: 'one key for two types of entities',
      before: [['entity', entity]],
      draft: ['entity', { ...entity, entity_id: 'e2', entity_type: 'school' }],
      want: undefined,
    },
  ]
  for (const { name, before = [], draft, want } of cases)
    it(name, () => {
      const ledger = new MemoryLedger()
      for (const [type, data] of before) ledger.append(type, data)
      expect(ledger.refusal(...draft)).toBe(want)
      // The rules of a daemon that is started again say the same.
      const again = MemoryLedger.of(ledger.lines.slice(0, before.length))
      if (want?.startsWith('INVARIANT') === true) expect(again.refusal(...draft)).toBe(want)
    })

  it('a first record is not said to follow one', () => {
    const draft = { type: 'job', data: running, id: 'a'.repeat(32) }
    const writer = workflowRecords.openWriter({ ledger: 'flows/x' })
    const admitted = writer.admit(new TextEncoder().encode(workflowRecords.encodeDraft(draft)))
    const rules = workflowRecords.openRules?.({ ledger: 'flows/x' })
    const sentence =
      'running (attempt 1) cannot be the first record of its effect, which begins with queued (attempt 1).'
    expect(() => rules?.take(admitted, { seq: 0, timeMs: 0 })).toThrow(sentence)
  })

  it('a link that is not the workflow, and meta', () => {
    const draft = { type: 'event', data: event, id: 'a'.repeat(32) }
    expect(() => workflowRecords.validate({ ...draft, link: 'w9' })).toThrow('/link')
    expect(() => workflowRecords.validate({ ...draft, link: 'w1' })).not.toThrow()
    expect(() => workflowRecords.validate({ ...draft, meta: { a: 1 } })).toThrow('/meta')
  })
})
