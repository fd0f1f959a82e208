// The table of bad input (formats §6.8) and what §6.1 to §6.7 call wrong, row by row as stored lines: each has its
// finding, with line, offset and path. What a draft that tries the same is told, admission.test.ts shows.
import { describe, expect, it } from 'vitest'
import { alteredLine, findingsOf, storedLine } from '../conformance/stored-lines.ts'

type Row = readonly [type: string, data: object]

const hash = (digit: string): string => `sha256:${digit.repeat(64)}`
const event = (n: number, type = 'PLAN_CREATED', payload: object = { steps: 3 }): Row => [
  'event',
  { event_type: type, severity: 'info', sequence_no: n, payload },
]
const job = (status: string, changes: object = {}): Row => [
  'job',
  {
    operator_name: 'Email.Send',
    status,
    attempt: 1,
    idempotency_key: 'k1',
    input_payload: { to: 7 },
    ...(status === 'failed' ? { error: { code: 'RATE_LIMIT', retryable: true } } : {}),
    ...changes,
  },
]
const outcome = (version: number, changes: object = {}): Row => [
  'outcome',
  {
    outcome_id: `o${version}`,
    lineage_id: 'l1',
    outcome_type: 'Email.Draft',
    status: 'draft',
    version,
    parent_outcome_id: version === 1 ? null : `o${version - 1}`,
    content: { text: `v${version}` },
    ...changes,
  },
]
const created = (n: number, version: number): Row => event(n, 'OUTCOME_CREATED', { outcome_id: `o${version}`, version })
const memory = (version: number, changes: object = {}): Row => [
  'memory',
  {
    memory_id: `m${version}`,
    lineage_id: 'ml',
    version,
    parent_memory_id: version === 1 ? null : `m${version - 1}`,
    memory_type: 'tone',
    content: 'formal',
    source: 'user',
    is_active: true,
    ...changes,
  },
]
const noted = (n: number, version: number): Row => event(n, 'MEMORY_CREATED', { memory_id: `m${version}` })
const upload = (source: string, changes: object = {}): Row => [
  'document',
  {
    document_id: 'd1',
    lifecycle: 'temp',
    status: 'uploaded',
    revision: 0,
    source: { hash: source },
    ...changes,
  },
]
const entity = (id: string, changes: object = {}): Row => [
  'entity',
  {
    entity_id: id,
    entity_type: 'professor',
    version: 1,
    canonical: {},
    canonical_key_hash: 'h',
    source: 'x',
    is_active: true,
    ...changes,
  },
]
const known = (n: number, id: string): Row => event(n, 'ENTITY_CREATED', { entity_id: id, version: 1 })
const gate = (n: number, more: object = {}): Row =>
  event(n, 'GATE_REQUESTED', { gate_id: 'g1', outcome_id: 'o1', ...more })
const approval = (n: number, outcomeId = 'o1', type = 'USER_APPROVED'): Row =>
  event(n, type, { gate_id: 'g1', outcome_id: outcomeId, actor_id: 8 })

const linesOf = (rows: readonly Row[]): string[] => rows.map(([type, data], at) => storedLine(type, data, at + 1))

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

describe('one record alone', () => {
  const plain = (): string => storedLine(...event(1), 1)
  const cases: readonly { name: string; line: string; want: readonly string[] }[] = [
    { name: 'as it should be', line: plain(), want: [] },
    // §6.1
    ...(
      [
        ['a text', '1'],
        ['a fraction', 1.5],
        ['zero', 0],
        ['null', null],
      ] as const
    ).map(([name, value]) => ({
      name: `a tenant that is ${name}`,
      line: alteredLine(plain(), 'tenant_id', value),
      want: ['E wrong-type /tenant_id'],
    })),
    {
      name: 'a tenant spelled as a float',
      line: plain().replace('"tenant_id": 1,', '"tenant_id": 1.0,'),
      want: ['E wrong-type /tenant_id'],
    },
    { name: 'no tenant', line: alteredLine(plain(), 'tenant_id', undefined), want: ['E missing-field /tenant_id'] },
    ...['ledger_type', 'schema_version', 'created_at', 'hash', 'producer', 'trace'].map((member) => ({
      name: `no ${member}, which readers only warn of`,
      line: alteredLine(plain(), member, undefined),
      want: [`W missing-field /${member}`],
    })),
    {
      name: 'no workflow',
      line: alteredLine(plain(), 'trace.workflow_id', undefined),
      want: ['W missing-field /trace/workflow_id'],
    },
    {
      name: 'a record id that is no UUID',
      line: alteredLine(plain(), 'record_id', 'x'),
      want: ['E wrong-type /record_id'],
    },
    {
      name: 'another schema version',
      line: alteredLine(plain(), 'schema_version', '2.0'),
      want: ['W schema-version-unsupported /schema_version'],
    },
    {
      name: 'a producer of no kind',
      line: alteredLine(plain(), 'producer.kind', 'robot'),
      want: ['E payload-invalid /producer/kind'],
    },
    {
      name: 'no zone',
      line: alteredLine(plain(), 'created_at', '2026-01-28T19:03:00'),
      want: ['E timestamp-no-zone /created_at'],
    },
    {
      name: 'the 30th of February',
      line: alteredLine(plain(), 'created_at', '2026-02-30T19:03:00Z'),
      want: ['E timestamp-invalid /created_at'],
    },
    {
      name: 'a ledger that is none of the six',
      line: alteredLine(plain(), 'ledger_type', 'diary'),
      want: ['E wrong-type /ledger_type'],
    },
    {
      name: 'a wrong payload hash',
      line: alteredLine(plain(), 'hash.payload_hash', hash('0')),
      want: ['E payload-hash-mismatch /hash/payload_hash'],
    },
    {
      name: 'a payload hash in capitals',
      line: alteredLine(plain(), 'hash.payload_hash', hash('A')),
      want: ['E hash-format /hash/payload_hash'],
    },
    {
      name: 'a hash of the original',
      line: alteredLine(plain(), 'hash.payload_hash', `blake3:${'0'.repeat(64)}`),
      want: ['W hash-algo-unknown /hash/payload_hash'],
    },
    {
      name: 'an integer spelled as a float under the hash',
      line: plain().replace('"steps": 3', '"steps": 3.0'),
      want: ['E payload-hash-mismatch /hash/payload_hash'],
    },
    // §6.2
    {
      name: 'a severity that is none',
      line: alteredLine(plain(), 'severity', 'loud'),
      want: ['E payload-invalid /severity'],
    },
    {
      name: 'sequence 0',
      line: alteredLine(plain(), 'sequence_no', 0),
      want: ['E payload-invalid /sequence_no', 'E duplicate-sequence /sequence_no'],
    },
    {
      name: 'a payload over 16 KiB',
      line: storedLine(...event(1, 'PLAN_CREATED', { blob: 'x'.repeat(16_384) }), 1),
      want: ['W payload-large /payload'],
    },
    // §6.3 to §6.6
    {
      name: 'a job of no status',
      line: alteredLine(storedLine(...job('queued'), 1), 'status', 'done'),
      want: ['E payload-invalid /status'],
    },
    {
      name: 'a memory of no type',
      line: alteredLine(storedLine(...memory(1), 1), 'memory_type', 'mood'),
      want: ['E payload-invalid /memory_type'],
    },
    {
      name: 'a document of an unknown status',
      line: alteredLine(storedLine(...upload(hash('0')), 1), 'status', 'lost'),
      want: ['W unknown-value /status'],
    },
    // Form
    { name: 'two records', line: plain() + plain(), want: ['E glued-records'] },
    { name: 'half a record', line: plain().slice(0, 80), want: ['E json-invalid'] },
    { name: 'a list', line: '[]', want: ['E not-an-object'] },
    { name: 'CR LF', line: `${plain()}\r`, want: ['W crlf'] },
    {
      name: 'a repeated key',
      line: plain().replace('"severity"', '"severity": "error", "severity"'),
      want: ['E duplicate-key /severity'],
    },
    {
      name: 'NaN, which Python would write',
      line: plain().replace('"severity"', '"mood": NaN, "severity"'),
      want: ['E json-invalid'],
    },
  ]
  for (const { name, line, want } of cases)
    it(name, () => expect(findingsOf([line])).toEqual(want.map((finding) => `${finding} @1`)))
})

describe('outcomes', () => {
  const line = (changes: object): string => storedLine(...outcome(1, changes), 1)
  const cases = [
    {
      name: 'as the RFC prints them, without a lineage',
      line: alteredLine(line({}), 'lineage_id', undefined),
      want: ['W missing-field /lineage_id @1'],
    },
    { name: 'partial', line: alteredLine(line({}), 'status', 'partial'), want: ['W unknown-value /status @1'] },
    { name: 'too sure', line: alteredLine(line({}), 'confidence', 1.1), want: ['E payload-invalid /confidence @1'] },
    {
      name: 'version 0',
      line: alteredLine(line({}), 'version', 0),
      want: ['E payload-invalid /version @1', 'E version-gap /version @1', 'E parent-missing /parent_outcome_id @1'],
    },
  ]
  for (const { name, line: text, want } of cases) it(name, () => expect(findingsOf([text])).toEqual(want))
})
