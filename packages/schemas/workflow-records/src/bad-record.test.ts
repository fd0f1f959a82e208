// Records that are wrong by themselves, whatever stands beside them (formats §6.1 to §6.8), as stored lines.
import { describe, expect, it } from 'vitest'
import { hash, event, job, outcome, memory, upload } from '../conformance/bad-rows.ts'
import { alteredLine, findingsOf, storedLine } from '../conformance/stored-lines.ts'

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
