// Files of the original software and files damaged on purpose: what we say, and what its checker says.
import { describe, expect, it } from 'vitest'
import { brief, checkBytes, linesOf, readVector } from '../conformance/check-file.ts'
import { legacyPrediction } from './legacy-prediction.ts'

const manifest = JSON.parse(new TextDecoder().decode(readVector('corrupt/MANIFEST.json'))) as {
  readonly file: string
  readonly real_checker: string
}[]

interface Expectation {
  /** As `brief` writes them; blank and unterminated lines are the verifier's. */
  readonly findings: readonly string[]
  /** One letter for each finding. */
  readonly severities: string
  readonly lines?: number
  readonly seed?: number
  readonly original?: number
}

const clean: Expectation = { findings: [], severities: '' }
const missing = (key: string): Expectation => ({ findings: [`missing-field@6/${key} LD1`], severities: 'E' })
const badIntent: Expectation = { findings: ['hash-format@6/intent_sha256 LD4'], severities: 'E' }
const noObject: Expectation = { findings: ['not-an-object@6 LD1'], severities: 'E', original: 19 }
const respelled: Expectation = { findings: ['not-canonical@6'], severities: 'I' }

const expectations: Readonly<Record<string, Expectation>> = {
  'clean.jsonl': clean,
  'missing_timestamp.jsonl': missing('timestamp'),
  'missing_bundle_sha256.jsonl': missing('bundle_sha256'),
  'missing_accepted.jsonl': missing('accepted'),
  'missing_policy.jsonl': missing('policy'),
  'mode_record.jsonl': { findings: ['mode-vocabulary-mixed@6/mode'], severities: 'W', seed: 1, original: 19 },
  'seed_example.jsonl': {
    findings: [
      ...['not-canonical@1', 'hash-format@1/intent_sha256 LD4', 'hash-format@1/bundle_sha256 LD4'],
      ...['not-canonical@2', 'hash-format@2/intent_sha256 LD4'],
    ],
    severities: 'IEEIE',
    lines: 2,
    seed: 2,
    original: 0,
  },
  'timestamp_equal.jsonl': clean,
  'timestamp_offset_form.jsonl': clean,
  'timestamp_future_then_back.jsonl': {
    findings: ['timestamp-backwards@7/timestamp LD2', 'timestamp-future@6/timestamp'],
    severities: 'EW',
  },
  'timestamp_impossible_day.jsonl': { findings: ['timestamp-invalid@6/timestamp LD1'], severities: 'E' },
  'dup_run_id.jsonl': { findings: ['duplicate-run-id@6/run_id LD3'], severities: 'E' },
  'run_id_empty.jsonl': { findings: ['run-id-empty@6/run_id LD1'], severities: 'E' },
  'hash_upper_prefix.jsonl': badIntent,
  'hash_no_prefix.jsonl': badIntent,
  'intent_null.jsonl': badIntent,
  'bundle_hash_on_REFUSE.jsonl': {
    findings: ['bundle-inconsistent@6/bundle_sha256', 'accepted-inconsistent@6/accepted'],
    severities: 'WW',
  },
  'json_null.jsonl': noObject,
  'json_string.jsonl': noObject,
  'no_final_newline.jsonl': clean,
  'crlf.jsonl': { findings: ['crlf@1'], severities: 'E' },
  'blank_lines.jsonl': { ...clean, lines: 22 },
  'unknown_field.jsonl': respelled,
  'not_canonical_ws.jsonl': respelled,
  'invalid_utf8.jsonl': { findings: ['invalid-utf8@1'], severities: 'E', original: 19 },
  'deleted_middle.jsonl': { ...clean, lines: 19, original: 19 },
  'only_newlines.jsonl': { ...clean, lines: 2, original: 0 },
}

describe('corrupt files', () => {
  it('are all expected', () => {
    expect(manifest.map(({ file }) => file).sort()).toEqual(Object.keys(expectations).sort())
    expect(manifest).toHaveLength(27)
  })

  for (const { file, real_checker } of manifest) {
    const { findings, severities, lines = 20, seed = 0, original = 20 } = expectations[file] ?? clean
    const bytes = readVector(`corrupt/${file}`)

    it(file, () => {
      const check = checkBytes(bytes)
      expect(brief(check.findings)).toEqual(findings)
      expect(check.findings.map(({ severity }) => severity).join('')).toBe(severities)
      expect(check.lineCount).toBe(lines)
      expect(check.variants).toEqual({ ...(seed > 0 && { seed }), ...(original > 0 && { original }) })
    })

    it(`${file}: the original says ${real_checker}`, () =>
      expect(legacyPrediction(linesOf(bytes).map((line) => line.bytes))).toBe(real_checker))
  }

  it('name the byte at which the line begins', () => {
    const bytes = readVector('corrupt/dup_run_id.jsonl')
    const [finding] = checkBytes(bytes).findings
    expect(finding?.offset).toBe(linesOf(bytes)[5]?.offset)
    expect(finding).toMatchObject({ rule: 'LD3_UNIQUE_RUN_IDS', found: 'hr_mwp9vghr_bcbfb9a4' })
  })

  it('count CR LF once', () => {
    const [finding] = checkBytes(readVector('corrupt/crlf.jsonl')).findings
    expect(finding).toMatchObject({ line: 1, offset: 0, message: '20 lines end in CR LF; this is the first.' })
  })
})

describe('files of the original software', () => {
  it('serial runs are sound', () => {
    const bytes = readVector('real_cli_runs.jsonl')
    expect(checkBytes(bytes)).toEqual({ lineCount: 54, findings: [], variants: { original: 54 } })
    expect(legacyPrediction(linesOf(bytes).map((line) => line.bytes))).toBe('PASS 54 entries')
  })

  it('writers without a lock broke LD2 28 times, and nothing else', () => {
    const bytes = readVector('real_concurrent_8procs.jsonl')
    const { lineCount, findings, variants } = checkBytes(bytes)
    expect(lineCount).toBe(120)
    expect(variants).toEqual({ original: 120 })
    expect(findings).toHaveLength(28)
    for (const { code, severity, rule } of findings)
      expect({ code, severity, rule }).toEqual({
        code: 'timestamp-backwards',
        severity: 'E',
        rule: 'LD2_MONOTONIC_TIMESTAMPS',
      })
    expect(legacyPrediction(linesOf(bytes).map((line) => line.bytes))).toMatch(
      /^LEDGER_SPEC_VIOLATION: LD2_MONOTONIC_TIMESTAMPS: Entry 4: timestamp 2026-\S+ is before entry 3 timestamp 2026-\S+$/,
    )
  })

  it('say at level lines what can be said of lines alone', () => {
    expect(checkBytes(readVector('real_concurrent_8procs.jsonl'), 'lines').findings).toEqual([])
    expect(checkBytes(readVector('corrupt/bundle_hash_on_REFUSE.jsonl'), 'lines').findings).toEqual([])
    expect(brief(checkBytes(readVector('corrupt/intent_null.jsonl'), 'lines').findings)).toEqual(badIntent.findings)
  })
})
