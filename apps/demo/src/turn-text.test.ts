import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import { formatTurn, visible } from './turn-text.ts'
import type { Turn } from './turn.ts'

const turn: Turn = {
  seq: 41,
  speaker: 'Mira Voss',
  listener: 'Kael',
  channel: 'say',
  said: 'give me the ledger',
  became: 'Hand it over — now.',
  status: 'success',
  changes: [
    { character: 'Mira Voss', axis: 'demeanor', before: 0.87, after: 0.881 },
    { character: 'Kael', axis: 'health', before: 0.44, after: 0.43 },
  ],
}
const head = 'daily_undertaking   41  Mira Voss to Kael say  “give me the ledger”\n'
const indent = ' '.repeat(24)

const cases: readonly { name: string; given: Partial<Turn>; want: string }[] = [
  {
    name: 'both characters change',
    given: {},
    want: `${indent}“Hand it over — now.”  demeanor 0.870 ▲ 0.881 · Kael’s health 0.440 ▼ 0.430`,
  },
  { name: 'nothing changes', given: { changes: [] }, want: `${indent}“Hand it over — now.”  nothing changed` },
  {
    name: 'the mechanical half is missing',
    given: { changes: undefined },
    want: `${indent}“Hand it over — now.”  no mechanical counterpart`,
  },
  {
    name: 'the service failed',
    given: { became: null, status: 'fallback.api_error', changes: [] },
    want: `${indent}stays as typed: the translation service did not answer  nothing changed`,
  },
]

describe('formatTurn', () => {
  it.each(cases)('tells when $name', ({ given, want }) => {
    expect(formatTurn('daily_undertaking', { ...turn, ...given }, pc.createColors(false))).toBe(head + want)
  })
})

describe('visible', () => {
  it.each([
    { name: 'an escape sequence', input: '\u001b[31mred', want: '<001B>[31mred' },
    { name: 'an override of direction', input: 'rtl \u202eabc', want: 'rtl <202E>abc' },
    { name: 'a line separator', input: 'a\u2028b', want: 'a<2028>b' },
    { name: 'a C1 control', input: '\u009b2J', want: '<009B>2J' },
    { name: 'ordinary speech in any script', input: '渡辺 綾 — naïve 👩‍👧', want: '渡辺 綾 — naïve 👩‍👧' },
  ])('shows $name', ({ input, want }) => {
    expect(visible(input)).toBe(want)
  })
})
