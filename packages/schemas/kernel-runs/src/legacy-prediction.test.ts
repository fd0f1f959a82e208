// What the original checker says where the fixtures are silent: order of rules, line numbers, and what slips through.
import { describe, expect, it } from 'vitest'
import { hash } from '../conformance/run-desk.ts'
import { legacyPrediction } from './legacy-prediction.ts'

function entry(changes: Readonly<Record<string, unknown>> = {}): string {
  const base = { run_id: 'a', timestamp: '2026-01-05T10:00:00Z', intent_sha256: hash, bundle_sha256: null }
  return JSON.stringify({
    ...base,
    result_kind: 'REFUSE',
    accepted: false,
    mode: 'plan-only',
    policy: 'dev',
    ...changes,
  })
}

const violation = (text: string): string => `LEDGER_SPEC_VIOLATION: ${text}`

const cases = [
  { name: 'nothing', input: [], want: 'PASS 0 entries' },
  {
    name: 'blank lines do not count',
    input: ['', '\u00a0', entry(), '[]'],
    want: violation("LD1_ONE_ENTRY_PER_LINE: Line 2: missing required field 'run_id'"),
  },
  {
    name: 'a later LD1 comes before an earlier LD3',
    input: [entry(), entry(), entry({ policy: 'lax' })],
    want: violation("LD1_ONE_ENTRY_PER_LINE: Line 3: invalid policy 'lax'"),
  },
  {
    name: 'LD2 before LD3',
    input: [entry(), entry({ timestamp: '2026-01-05T09:00:00Z' })],
    want: violation(
      'LD2_MONOTONIC_TIMESTAMPS: Entry 2: timestamp 2026-01-05T09:00:00Z is before entry 1 timestamp 2026-01-05T10:00:00Z',
    ),
  },
  {
    name: 'LD3 before LD4',
    input: [entry({ intent_sha256: 'x' }), entry()],
    want: violation("LD3_UNIQUE_RUN_IDS: Entry 2: duplicate run_id 'a'"),
  },
  {
    name: 'times that cannot be read pass',
    input: [
      entry(),
      entry({ run_id: 'b', timestamp: 'soon' }),
      entry({ run_id: 'c', timestamp: '2026-01-01T00:00:00Z' }),
    ],
    want: 'PASS 3 entries',
  },
  { name: 'accepted may be anything', input: [entry({ accepted: 'yes' })], want: 'PASS 1 entries' },
]

describe('legacyPrediction', () => {
  for (const { name, input, want } of cases) it(name, () => expect(legacyPrediction(input)).toBe(want))

  it('a torn line, in the words of this engine', () =>
    expect(legacyPrediction(['{"run_id":'])).toMatch(
      /^LEDGER_SPEC_VIOLATION: LD1_ONE_ENTRY_PER_LINE: Line 1: invalid JSON - ./,
    ))

  it('a byte order mark is no JSON', () =>
    expect(legacyPrediction([new TextEncoder().encode(`\ufeff${entry()}`)])).toMatch(/Line 1: invalid JSON - /))
})
