// The invariants over the entries of one ledger: when times stand still or go back, which stamps lay in the future, which
// vocabulary is kept, what is remembered, and that everything can be forgotten again.
import { parse } from '@ledgerd/canonical'
import type { ObjectNode } from '@ledgerd/canonical'
import type { Breach, RecordView } from '@ledgerd/schema'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hash, noon } from '../conformance/run-desk.ts'
import { clockLagMaxMs, RunRules } from './run-rules.ts'

interface Entry {
  readonly time?: string
  readonly id?: string
  readonly mode?: string
}

function recordOf({ time = '', id = 'run_a', mode = 'none' }: Entry): { record: ObjectNode; view: RecordView } {
  const result = parse(
    new TextEncoder().encode(JSON.stringify({ intent_sha256: hash, mode, run_id: id, timestamp: time })),
  )
  if (!result.ok || result.root.kind !== 'object') throw new Error('a test entry is an object')
  const record = result.root
  return { record, view: { eventId: id, type: 'run', version: 1, link: null, time, meta: undefined, data: record } }
}

/** What is said of each entry in turn, and at the end: `code@line`. */
function judgeAll(entries: readonly Entry[], rules: RunRules = new RunRules(undefined)): string[] {
  const said: string[] = []
  for (const [i, entry] of entries.entries()) {
    const { record, view } = recordOf({ id: `run_${i}`, ...entry })
    const place = { line: i + 1, offset: 0 }
    for (const { code } of rules.judge(record, view)) said.push(`${code}@${i + 1}`)
    rules.take(record, view, place)
  }
  return [...said, ...rules.finish().map(({ code, place }) => `${code}@${place.line}`)]
}

const at = (time: string): Entry => ({ time: `2026-01-05T${time}` })

describe('times', () => {
  const cases = [
    { name: 'equal', input: [at('10:00:00Z'), at('10:00:00.000Z'), at('11:00:00+01:00')], want: [] },
    {
      name: 'a nanosecond back',
      input: [at('10:00:00.123456789Z'), at('10:00:00.123456788Z')],
      want: ['timestamp-backwards@2'],
    },
    { name: 'a fraction is no text', input: [at('10:00:00.5Z'), at('10:00:00.25Z')], want: ['timestamp-backwards@2'] },
    { name: 'a short fraction before a zone', input: [at('10:00:00.5+01:01'), at('10:00:00.500+01:01')], want: [] },
    { name: 'an earlier text that is a later moment', input: [at('12:00:00+02:00'), at('10:30:00Z')], want: [] },
    {
      name: 'a time that cannot be read is left out',
      input: [at('10:00:00Z'), at('25:00:00Z'), at('09:59:59Z')],
      want: ['timestamp-backwards@3'],
    },
    {
      name: 'pairwise, not against the latest',
      input: [at('10:00:02Z'), at('10:00:00Z'), at('10:00:01Z')],
      want: ['timestamp-backwards@2'],
    },
  ]
  for (const { name, input, want } of cases) it(name, () => expect(judgeAll(input)).toEqual(want))
})

describe('stamps of the future', () => {
  const far = { time: '2999-01-01T00:00:00Z' }
  const cases = [
    {
      name: 'taken back by the next entry',
      input: [at('10:00:00Z'), far, at('10:00:01Z')],
      want: ['timestamp-backwards@3', 'timestamp-future@2'],
    },
    {
      name: 'at the start of the file',
      input: [far, at('10:00:00Z')],
      want: ['timestamp-backwards@2', 'timestamp-future@1'],
    },
    {
      name: 'the first of several',
      input: [at('10:00:00Z'), far, far, at('10:00:01Z')],
      want: ['timestamp-backwards@4', 'timestamp-future@2'],
    },
    {
      name: 'twice',
      input: [at('10:00:00Z'), far, at('10:00:01Z'), far, at('10:00:02Z')],
      want: ['timestamp-backwards@3', 'timestamp-backwards@5', 'timestamp-future@2', 'timestamp-future@4'],
    },
    { name: 'never taken back', input: [at('10:00:00Z'), far, far], want: [] },
    {
      name: 'five minutes are a clock that was set',
      input: [at('10:00:00Z'), at('10:05:00Z'), at('10:00:00Z')],
      want: ['timestamp-backwards@3'],
    },
    {
      name: 'a millisecond more is not',
      input: [at('10:00:00Z'), at('10:05:00.001Z'), at('10:00:00Z')],
      want: ['timestamp-backwards@3', 'timestamp-future@2'],
    },
    {
      name: 'a stamp of the past among honest ones',
      input: [at('10:00:00Z'), at('11:00:00Z'), at('09:00:00Z')],
      want: ['timestamp-backwards@3'],
    },
  ]
  for (const { name, input, want } of cases) it(name, () => expect(judgeAll(input)).toEqual(want))

  it('keeps a thousand and counts the rest', () => {
    const rules = new RunRules(undefined)
    judgeAll([at('10:00:00Z'), ...Array.from({ length: 1002 }, () => [far, at('10:00:00Z')]).flat()], rules)
    const breaches = rules.finish()
    expect(breaches).toHaveLength(1000)
    expect(breaches.at(-1)?.message).toMatch(/ 2 more follow\.$/)
  })
})

describe('vocabularies of mode', () => {
  const inMode = (mode: string): Entry => ({ mode })
  const cases = [
    { name: 'the words of the seed', input: ['none', 'record', 'replay'], want: [] },
    { name: 'those of the original', input: ['plan-only', 'execute-sandbox'], want: [] },
    { name: 'mixed, said once', input: ['none', 'plan-only', 'none', 'plan-only'], want: ['mode-vocabulary-mixed@2'] },
    { name: 'no mode at all does not mix', input: ['none', 'dance', 'replay'], want: [] },
  ]
  for (const { name, input, want } of cases) it(name, () => expect(judgeAll(input.map(inMode))).toEqual(want))

  it('a writer keeps to its own', () => {
    expect(judgeAll([{ mode: 'none' }], new RunRules('original'))).toEqual(['mode-vocabulary@1'])
    expect(judgeAll([{ mode: 'plan-only' }], new RunRules('seed'))).toEqual(['mode-vocabulary@1'])
    expect(judgeAll([{ mode: 'plan-only' }], new RunRules('original'))).toEqual([])
  })
})

describe('the time to write', () => {
  const lead = (ms: number): string => new Date(noon + ms).toISOString()
  const cases: { name: string; last: string | undefined; want: number | string }[] = [
    { name: 'now, in an empty ledger', last: undefined, want: noon },
    { name: 'now, after an earlier entry', last: lead(-1), want: noon },
    { name: 'that of the last entry, if it is later', last: lead(7), want: noon + 7 },
    { name: 'the next millisecond after a finer stamp', last: lead(7).replace('Z', '000001Z'), want: noon + 8 },
    { name: 'no earlier than exactly five minutes ahead', last: lead(clockLagMaxMs), want: noon + clockLagMaxMs },
    { name: 'none, a millisecond further', last: lead(clockLagMaxMs + 1), want: 'clock-behind-ledger' },
    { name: 'now, if the last entry names no time', last: 'yesterday', want: noon },
  ]
  for (const { name, last, want } of cases)
    it(name, () => {
      const rules = new RunRules('seed')
      if (last !== undefined) judgeAll([{ time: last }], rules)
      const settled: number | Breach = rules.settleTime(noon)
      expect(typeof settled === 'number' ? settled : settled.code).toBe(want)
    })
})

it('forgets what is undone, newest first', () => {
  const entry = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    mode: fc.constantFrom('none', 'plan-only', 'dance'),
    time: fc.constantFrom('2026-01-05T10:00:00Z', '2026-01-05T10:01:00Z', '2026-01-05T11:00:00Z', 'never'),
  })
  const entries = fc.array(entry, { maxLength: 8 })
  fc.assert(
    fc.property(entries, entries, entries, (kept, undone, after) => {
      const rules = new RunRules(undefined)
      const wanted = new RunRules(undefined)
      judgeAll(kept, rules)
      judgeAll(kept, wanted)
      const undos = undone.map((one) => {
        const { record, view } = recordOf(one)
        return rules.take(record, view, { line: 100, offset: 0 })
      })
      for (const undo of undos.reverse()) undo()
      expect(judgeAll(after, rules)).toEqual(judgeAll(after, wanted))
      expect(rules.settleTime(noon)).toEqual(wanted.settleTime(noon))
    }),
  )
})
