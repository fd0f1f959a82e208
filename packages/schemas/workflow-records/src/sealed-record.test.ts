// A draft that is admitted: what is filled in, and that the same event told again is the same content.
import { describe, expect, it } from 'vitest'
import { brief, checkLines } from '../conformance/check-file.ts'
import { MemoryLedger } from '../conformance/memory-ledger.ts'
import { event, queued } from '../conformance/sample-drafts.ts'
import { workflowRecords } from './workflow-records.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

describe('a sealed record', () => {
  it('has its header in front, in order, and what the writer left out filled in', () => {
    const ledger = new MemoryLedger()
    ledger.append('event', event, Date.UTC(2026, 0, 28, 19, 3, 1, 7))
    expect(decoder.decode(ledger.lines[0])).toBe(
      '{"ledger_type": "event", "schema_version": "1.0", "tenant_id": 1, "record_id": "00000000-0000-0000-0000-000000000001", ' +
        '"created_at": "2026-01-28T19:03:01.007Z", "producer": {"kind": "kernel", "name": "kernel", "version": "1.0"}, ' +
        '"trace": {"correlation_id": "c1", "workflow_id": "w1"}, ' +
        '"hash": {"payload_hash": "sha256:545356d813e33103c4f9bb3ed29a11d00b17ebb8882439b976f1d7374866ec91"}, ' +
        '"event_type": "PLAN_CREATED", "severity": "info", "sequence_no": 1, "payload": {"steps": 3}}',
    )
  })

  it('writes amounts and confidences as floats', () => {
    const ledger = new MemoryLedger()
    ledger.append('job', queued)
    const running = { ...queued, status: 'running', usage: { token_in: 1, cost_total: 2 } }
    ledger.append('job', running)
    expect(decoder.decode(ledger.lines[1])).toMatch(/"usage": \{"token_in": 1, "cost_total": 2\.0\}/)
  })

  it("keeps the writer's own id, time, hash and further members", () => {
    const ledger = new MemoryLedger()
    const own = {
      ...event,
      record_id: 'C6CD75E9-bb04-4a79-97a7-a3cc8c3d5f16',
      created_at: '2026-01-28T20:03:01+01:00',
      hash: { prev_hash: 'sha256:0' },
      mood: 'calm',
    }
    const record = ledger.append('event', own)
    expect(record).toMatchObject({ record_id: own.record_id, created_at: '2026-01-28T19:03:01.000Z', mood: 'calm' })
    expect(record['hash']).toMatchObject({ prev_hash: 'sha256:0', payload_hash: expect.stringMatching(/^sha256:/) })
    expect(brief(checkLines(ledger.lines).findings, 'EWI')).toEqual([])
  })

  it('numbers the events of each workflow in the order of their turns', () => {
    const ledger = new MemoryLedger()
    const other = { ...event, trace: { correlation_id: 'c', workflow_id: 'w2' } }
    const numbers = [event, other, event, { ...event, sequence_no: 3 }, other].map(
      (data) => ledger.append('event', data)['sequence_no'],
    )
    expect(numbers).toEqual([1, 1, 2, 3, 2])
    const again = MemoryLedger.of(ledger.lines)
    expect(again.append('event', event)['sequence_no']).toBe(4)
  })
})

describe('the same event told again', () => {
  const writer = workflowRecords.openWriter({ ledger: 'workflows/all' })
  const admit = (data: object, id = '1'.padStart(32, '0')) =>
    writer.admit(encoder.encode(workflowRecords.encodeDraft({ type: 'event', data, id })))
  const ledger = new MemoryLedger()
  ledger.append('event', event)
  const [stored = new Uint8Array(0)] = ledger.lines

  const cases = [
    { name: 'as it was', data: event, isSame: true },
    { name: 'members in another order', data: Object.fromEntries(Object.entries(event).toReversed()), isSame: true },
    { name: 'with the number it got', data: { ...event, sequence_no: 1 }, isSame: true },
    { name: 'with its hash', data: { ...event, hash: hashOf(stored) }, isSame: true },
    { name: 'another payload', data: { ...event, payload: { steps: 4 } }, isSame: false },
    { name: 'another severity', data: { ...event, severity: 'warn' }, isSame: false },
  ]
  for (const { name, data, isSame } of cases)
    it(name, () => expect(writer.isSameContent(admit(data), stored)).toBe(isSame))

  it('under another identity is another event', () => {
    expect(writer.isSameContent(admit(event, '2'.padStart(32, '0')), stored)).toBe(false)
  })

  function hashOf(line: Uint8Array): unknown {
    return (JSON.parse(decoder.decode(line)) as { hash: unknown }).hash
  }
})
