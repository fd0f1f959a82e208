// The table of bad input (formats §6.8) and what §6.1 to §6.7 call wrong, row by row as stored lines: each has its
// finding, with line, offset and path. What a draft that tries the same is told, admission.test.ts shows.
import { describe, expect, it } from 'vitest'
import {
  hash,
  event,
  job,
  outcome,
  created,
  memory,
  noted,
  upload,
  entity,
  known,
  gate,
  approval,
  linesOf,
} from '../conformance/bad-rows.ts'
import type { Row } from '../conformance/bad-rows.ts'
import { alteredLine, findingsOf } from '../conformance/stored-lines.ts'

describe('one record beside others', () => {
  const cases: readonly { name: string; rows: readonly Row[]; want: readonly string[] }[] = [
    // §6.2
    { name: 'a number twice', rows: [event(1), event(1)], want: ['E duplicate-sequence /sequence_no @2'] },
    { name: 'a number left out', rows: [event(1), event(3)], want: ['E sequence-gap /sequence_no @2'] },
    { name: 'a workflow that begins at 2', rows: [event(2)], want: ['E sequence-gap /sequence_no @1'] },
    {
      name: 'equal numbers of two workflows',
      rows: [event(1), ['event', { ...event(1)[1], trace: { correlation_id: 'c', workflow_id: 'w2' } }]],
      want: [],
    },
    // §6.3
    {
      name: 'the same key with another input',
      rows: [job('queued'), job('running', { input_payload: { to: 8 } })],
      want: ['E idempotency-payload-mismatch /input_payload @2'],
    },
    {
      name: 'the same key with another input, from the start',
      rows: [job('queued'), job('queued', { input_payload: { to: 8 } })],
      want: ['E idempotency-payload-mismatch /input_payload @2', 'E illegal-transition /status @2'],
    },
    {
      name: 'the same key of another tenant',
      rows: [job('queued'), job('queued', { tenant_id: 2, input_payload: { to: 8 } })],
      want: [],
    },
    {
      name: 'the same key of another operator',
      rows: [job('queued'), job('queued', { operator_name: 'Sms.Send', input_payload: { to: 8 } })],
      want: [],
    },
    {
      name: 'a second success',
      rows: [job('queued'), job('running'), job('succeeded'), job('succeeded')],
      want: ['E second-success /status @4'],
    },
    { name: 'a job that begins running', rows: [job('running')], want: ['E illegal-transition /status @1'] },
    {
      name: 'a failure after cancellation',
      rows: [job('queued'), job('cancelled'), job('failed')],
      want: ['E illegal-transition /status @3'],
    },
    {
      name: 'the same attempt again after a failure',
      rows: [job('queued'), job('running'), job('failed'), job('running')],
      want: ['E illegal-transition /status @4'],
    },
    {
      name: 'an attempt after a failure that is final',
      rows: [
        job('queued'),
        job('running'),
        job('failed', { error: { code: 'POLICY_DENIED', retryable: false } }),
        job('running', { attempt: 2 }),
      ],
      want: ['E illegal-transition /status @4'],
    },
    // §6.4
    {
      name: 'an outcome without its event',
      rows: [outcome(1), event(1)],
      want: ['E change-without-event /outcome_id @1'],
    },
    {
      name: 'an event that explains another version',
      rows: [outcome(1), event(1, 'OUTCOME_CREATED', { outcome_id: 'o1', version: 2 })],
      want: ['E change-without-event /outcome_id @1'],
    },
    { name: 'an event before its outcome', rows: [created(1, 1), outcome(1)], want: [] },
    {
      name: 'a version twice',
      rows: [outcome(1), created(1, 1), outcome(1, { outcome_id: 'o9' })],
      want: ['E duplicate-version /version @3'],
    },
    {
      name: 'a draft over a final',
      rows: [
        outcome(1),
        created(1, 1),
        gate(2),
        approval(3),
        outcome(2, { status: 'final' }),
        created(4, 2),
        outcome(2),
      ],
      want: ['E draft-over-final /status @7'],
    },
    {
      name: 'a version left out',
      rows: [outcome(1), created(1, 1), outcome(3, { parent_outcome_id: 'o1' }), created(2, 3)],
      want: ['E version-gap /version @3', 'E parent-missing /parent_outcome_id @3'],
    },
    {
      name: 'a parent that is not the version before',
      rows: [outcome(1), created(1, 1), outcome(2, { parent_outcome_id: 'o9' }), created(2, 2)],
      want: ['E parent-missing /parent_outcome_id @3'],
    },
    {
      name: 'a parent of another tenant',
      rows: [
        outcome(1, { tenant_id: 2 }),
        ['event', { ...created(1, 1)[1], tenant_id: 2 }],
        outcome(1, { outcome_id: 'p1' }),
        event(1, 'OUTCOME_CREATED', { outcome_id: 'p1', version: 1 }),
        outcome(2),
        created(2, 2),
      ],
      want: ['E parent-cross-tenant /parent_outcome_id @5'],
    },
    {
      name: 'superseded by a later record',
      rows: [outcome(1), created(1, 1), outcome(2), created(2, 2), outcome(1, { status: 'superseded' })],
      want: [],
    },
    {
      name: 'a final nobody approved',
      rows: [outcome(1), created(1, 1), outcome(2, { status: 'final' }), created(2, 2)],
      want: ['W final-without-approval /status @3'],
    },
    // §6.5
    {
      name: 'an upload that changed',
      rows: [event(1), upload(hash('0')), upload(hash('1'))],
      want: ['E raw-document-mutated /source/hash @3'],
    },
    { name: 'an upload told again', rows: [event(1), upload(hash('0')), upload(hash('0'))], want: [] },
    {
      name: 'a transformation under the old revision',
      rows: [upload(hash('0')), upload(hash('0'), { derived: { text_hash: hash('2') }, processor_version: 'p1' })],
      want: ['W revision-not-raised /revision @2'],
    },
    {
      name: 'a final document without a gate',
      rows: [event(1), upload(hash('0'), { lifecycle: 'final' })],
      want: ['W final-without-approval /lifecycle @2'],
    },
    // §6.6
    {
      name: 'two active versions of a memory',
      rows: [memory(1), noted(1, 1), memory(2), noted(2, 2)],
      want: ['E two-active /memory_id @1'],
    },
    {
      name: 'a deactivated version',
      rows: [
        memory(1),
        noted(1, 1),
        memory(2),
        noted(2, 2),
        event(3, 'MEMORY_DEACTIVATED', { memory_id: 'm1', superseded_by: 'm2' }),
      ],
      want: [],
    },
    {
      name: 'a memory nothing explains',
      rows: [event(1), memory(1)],
      want: ['E change-without-event /memory_id @2'],
    },
    {
      name: 'an entity nothing explains',
      rows: [event(1), entity('e1')],
      want: ['E change-without-event /entity_id @2'],
    },
    {
      name: 'two entities of one key',
      rows: [entity('e1'), known(1, 'e1'), entity('e2'), known(2, 'e2')],
      want: ['E duplicate-entity-key /canonical_key_hash @3'],
    },
    // §6.7
    {
      name: 'an approval of another outcome',
      rows: [gate(1), approval(2, 'o2')],
      want: ['E approval-mismatch /payload/outcome_id @2'],
    },
    {
      name: 'an approval nobody asked for',
      rows: [approval(1)],
      want: ['E approval-mismatch /payload/gate_id @1'],
    },
    {
      name: 'two minds',
      rows: [gate(1), approval(2), approval(3, 'o1', 'USER_REJECTED')],
      want: ['E second-decision /payload/actor_id @3'],
    },
    { name: 'the same decision again', rows: [gate(1), approval(2), approval(3)], want: [] },
    {
      name: 'an approval too late',
      rows: [gate(1, { expires_at: '2026-01-28T18:59:59Z' }), approval(2)],
      want: ['E gate-expired /payload/gate_id @2'],
    },
    {
      name: 'a gate used again',
      rows: [gate(1), gate(2, { outcome_id: 'o2' })],
      want: ['E gate-reused /payload/gate_id @2'],
    },
  ]
  for (const { name, rows, want } of cases) it(name, () => expect(findingsOf(linesOf(rows))).toEqual(want))

  it('a record id twice', () => {
    const [first = '', second = ''] = linesOf([event(1), event(2)])
    const { record_id: id } = JSON.parse(first) as { readonly record_id: string }
    expect(findingsOf([first, alteredLine(second, 'record_id', id.toUpperCase())])).toEqual([
      'E duplicate-record-id /record_id @2',
    ])
  })
})
