// Writing and reading runs: the line as the seed prints it, whose name a run bears, what a retry is, and fields that this
// version does not know.
import { describe, expect, it } from 'vitest'
import { checkBytes, linesOf, readVector } from '../conformance/check-file.ts'
import { draftText, hash, ledger, noon, refusalOf, runData, RunDesk } from '../conformance/run-desk.ts'
import { computeEntryHash, serializeLedgerEntry } from './entry-hashes.ts'
import { kernelRuns } from './kernel-runs.ts'
import type { LedgerEntry } from './ledger-entry.ts'

const encoder = new TextEncoder()
const madeId = '0123456789abcdef0123456789abcdef'

it('writes the line of the seed', () => {
  expect(new RunDesk().append(draftText(runData()))).toBe(
    `{"accepted":true,"bundle_sha256":"${hash}","intent_sha256":"${hash}","mode":"none","policy":"strict",` +
      '"result_kind":"BUNDLE","run_id":"run_abc123","timestamp":"2026-01-05T12:00:00.000Z"}',
  )
})

it('finds nothing to say of what it wrote', () => {
  const desk = new RunDesk()
  for (const mode of ['none', 'record', 'replay'])
    for (const policy of ['strict', 'default', 'dev'])
      desk.append(draftText(runData({ mode, policy, ü: [1.5e300, 'é\u2028'] }), { id: `run_${mode}_${policy}` }))
  const { findings, variants } = checkBytes(encoder.encode(`${desk.lines.join('\n')}\n`))
  expect(findings).toEqual([])
  expect(variants).toEqual({ seed: 9 })
})

it('writes what it read, byte for byte', () => {
  for (const path of ['real_cli_runs.jsonl', 'corrupt/clean.jsonl']) {
    const desk = new RunDesk('original')
    for (const { bytes } of linesOf(readVector(path))) {
      const { data, time } = kernelRuns.decode(bytes)
      const { timestamp: _stamped, ...draft } = data as LedgerEntry
      const text = kernelRuns.encodeDraft({ type: 'run', id: draft.run_id, data: draft })
      expect(desk.append(text, Date.parse(time))).toBe(new TextDecoder().decode(bytes))
    }
  }
})

describe('whose name a run bears', () => {
  const cases = [
    { name: 'the id of the draft', id: 'run_a', data: {}, want: 'run_a' },
    {
      name: 'the run_id in its data, before an id that a client made',
      id: madeId,
      data: { run_id: 'run_b' },
      want: 'run_b',
    },
    { name: 'both, if they are the same', id: 'run_c', data: { run_id: 'run_c' }, want: 'run_c' },
    { name: 'an id that a client made, if there is no other', id: madeId, data: {}, want: madeId },
  ]
  for (const { name, id, data, want } of cases)
    it(name, () => {
      const desk = new RunDesk()
      const admitted = desk.writer.admit(encoder.encode(draftText(runData(data), { id })))
      const line = desk.seal(admitted, noon)
      expect(admitted.eventId).toBe(want)
      expect(kernelRuns.eventIdOf(encoder.encode(line))).toBe(want)
      expect(JSON.parse(line)).toMatchObject({ run_id: want })
    })
})

describe('a retry', () => {
  const desk = new RunDesk()
  const line = encoder.encode(desk.append(draftText(runData({ note: 'x', n: 1 }))))
  const isSame = (changes: Readonly<Record<string, unknown>>, id = 'run_abc123'): boolean =>
    desk.writer.isSameContent(desk.writer.admit(encoder.encode(draftText(runData(changes), { id }))), line)
  const cases = [
    { name: 'is the same at any later time', input: { note: 'x', n: 1 }, want: true },
    { name: 'is the same in any order and spelling', input: { n: 1.0, note: '\u0078' }, want: true },
    { name: 'with another field is not', input: { note: 'x', n: 1, more: null }, want: false },
    { name: 'with another answer is not', input: { note: 'x', n: 1, accepted: false }, want: false },
  ]
  for (const { name, input, want } of cases) it(name, () => expect(isSame(input)).toBe(want))
  it('under another name is not', () => expect(isSame({ note: 'x', n: 1 }, 'run_b')).toBe(false))
})

describe('time', () => {
  it('never goes back, whatever the clock says', () => {
    const desk = new RunDesk()
    const times = [noon, noon - 60_000, noon + 1, noon]
    const lines = times.map((timeMs, i) => desk.append(draftText(runData(), { id: `run_${i}` }), timeMs))
    expect(lines.map((line) => (JSON.parse(line) as LedgerEntry).timestamp.slice(11))).toEqual([
      '12:00:00.000Z',
      '12:00:00.000Z',
      '12:00:00.001Z',
      '12:00:00.001Z',
    ])
  })

  it('stops the ledger that is far ahead of the clock, and only it', () => {
    const desk = new RunDesk()
    desk.append(draftText(runData(), { id: 'run_future' }), noon + 300_001)
    const refused = refusalOf(() => desk.append(draftText(runData()), noon))
    expect(refused).toEqual({
      code: 'INVARIANT_VIOLATED',
      details: expect.objectContaining({ rule: 'clock-behind-ledger', found: '2026-01-05T12:00:00.000Z' }) as unknown,
    })
    // The draft has no timestamp, and must not have one.
    expect(refused.details).not.toHaveProperty('path')
    expect(desk.lines).toHaveLength(1)
    expect(desk.append(draftText(runData()), noon + 1)).toContain('T12:05:00.001Z')
  })

  it('goes on after adopted lines that went back', () => {
    const desk = new RunDesk('original')
    for (const { bytes } of linesOf(readVector('real_concurrent_8procs.jsonl')))
      desk.adopt(new TextDecoder().decode(bytes))
    const last = kernelRuns.timeMsOf(encoder.encode(desk.lines.at(-1))) ?? 0
    const line = desk.append(draftText(runData({ mode: 'plan-only' })), last - 1000)
    expect(kernelRuns.timeMsOf(encoder.encode(line))).toBe(last)
  })
})

describe('fields of later versions (seed §8.3)', () => {
  const entry = { ...runData(), run_id: 'run_x', timestamp: '2026-01-05T12:00:00.000Z', cost: { usd: '0.10' } }
  const line = serializeLedgerEntry(entry as unknown as LedgerEntry)

  it('are no finding, are read, written again and hashed', () => {
    expect(checkBytes(encoder.encode(`${line}\n`)).findings).toEqual([])
    const event = kernelRuns.decode(encoder.encode(line))
    expect(event).toMatchObject({ eventId: 'run_x', type: 'run', version: 1, link: null, data: entry })
    expect(kernelRuns.payloadState(event)).toBe('valid')
    expect(serializeLedgerEntry(event.data as LedgerEntry)).toBe(line)
    const { cost: _unknown, ...known } = entry
    expect(computeEntryHash(event.data as LedgerEntry)).not.toBe(computeEntryHash(known as unknown as LedgerEntry))
  })
})

describe('the profile of an adopted file', () => {
  const cases = [
    { name: 'nothing', input: {}, want: 'seed' },
    { name: 'the seed only', input: { seed: 3 }, want: 'seed' },
    { name: 'the original only', input: { original: 3 }, want: 'original' },
    { name: 'both', input: { original: 300, seed: 1 }, want: 'seed' },
  ]
  for (const { name, input, want } of cases)
    it(name, () => expect(kernelRuns.profileOf(new Map(Object.entries(input)))).toEqual({ profile: want }))

  it('decides which words are written', () => {
    const text = draftText(runData({ mode: 'execute-sandbox' }))
    expect(new RunDesk('original').append(text)).toContain('"mode":"execute-sandbox"')
    expect(refusalOf(() => new RunDesk('seed').append(text)).details).toMatchObject({ rule: 'mode-vocabulary' })
    expect(() => new RunDesk('python')).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  })
})

it('derives run ids from keys', () => {
  expect(kernelRuns.deriveEventId(ledger, 'k')).toMatch(/^[0-9a-f]{32}$/)
  expect(kernelRuns.deriveEventId(ledger, 'k')).not.toBe(kernelRuns.deriveEventId(ledger, 'l'))
})

describe('lines that are no entry', () => {
  const cases = ['null', '{}', '{"run_id":""}', '{"run_id":7}', '{"run_id":"a"', '']
  for (const input of cases)
    it(JSON.stringify(input), () => {
      const line = encoder.encode(input)
      expect(() => kernelRuns.decode(line)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }))
      expect(kernelRuns.eventIdOf(line)).toBeUndefined()
      expect(kernelRuns.routeOf(line)).toBeUndefined()
      expect(kernelRuns.timeMsOf(line)).toBeUndefined()
    })
})
