import { describe, expect, it } from 'vitest'
import { artifactRows, currentArtifacts, exportedLedger, readJsonVector } from '../conformance/build-desk.ts'
import { legacyReport } from './legacy-report.ts'
import type { LegacyReport } from './legacy-report.ts'
import { digestRows } from './ordering-hasher.ts'
import { validateOrdering } from './validate.ts'
import type { ValidateOptions } from './validate.ts'

type Outcome = LegacyReport & { readonly note: string; readonly strict: boolean }

const outcomes = readJsonVector<readonly Outcome[]>('validator_outcomes.json')
const rows = artifactRows.arts['code']?.['repo_map'] ?? []
const reordered = rows.map((row, index) => (index === 0 ? Object.fromEntries(Object.entries(row).toReversed()) : row))
const artifacts = currentArtifacts('code')
const code: ValidateOptions = { mode: 'code', stage: 'stage2', artifacts }

interface Case {
  readonly input: ValidateOptions
  readonly ledger?: unknown
  /** What the original names in place of the wanted stage. */
  readonly fallback?: readonly [original: string, ours: string]
  /** Codes of ours that the original is silent about. */
  readonly silent?: readonly string[]
}

const withoutChunkHash = structuredClone(exportedLedger) as unknown as {
  stages: Record<string, { artifacts: Record<string, { hash: string | null }> }>
}
withoutChunkHash.stages['stage2:code']!.artifacts['chunk_meta']!.hash = null

const cases: Readonly<Record<string, Case>> = {
  'all match': { input: code },
  'key order inside one row changed': {
    input: { ...code, artifacts: { ...artifacts, repo_map: digestRows(reordered) } },
  },
  'artifact present but empty array': { input: { ...code, artifacts: { ...artifacts, repo_map: digestRows([]) } } },
  'stage missing -> FALLS BACK to another key': {
    input: { ...code, stage: 'stage9' },
    fallback: ['stage1:code', 'stage9:code'],
  },
  'stage without artifacts (seeds only)': { input: { ...code, stage: 'stage1' } },
  'mode never built: falls back to first key of the ledger': {
    input: { ...code, mode: 'records' },
    fallback: ['stage1:code', 'stage2:records'],
  },
  'ledger hash null': { input: code, ledger: withoutChunkHash, silent: ['hash-null'] },
}

describe('the report of the original', () => {
  it('has seven cases, default and strict', () => {
    expect(outcomes.map(({ note }) => note)).toEqual([...Object.keys(cases), ...Object.keys(cases)])
  })

  for (const { note, strict, report, modeReport } of outcomes)
    it(`${note}, ${strict ? 'strict' : 'default'}`, () => {
      const { input, ledger = exportedLedger, fallback, silent = [] } = cases[note]!
      const validation = validateOrdering(ledger, { ...input, strictness: strict ? 'strict' : 'default' })
      const want = JSON.stringify({ report, modeReport })
      const [original, ours] = fallback ?? ['', '']
      if (fallback !== undefined) expect(want).toContain(original)
      expect(legacyReport(validation, input.mode ?? '')).toEqual(JSON.parse(want.replaceAll(original, ours)))
      if (silent.length > 0) expect(validation.findings.map(({ code: name }) => name)).toEqual(silent)
    })

  it('says nothing of counts, unrecorded artifacts and ledgers that are missing', () => {
    const count = validateOrdering(exportedLedger, { ...code, artifacts: { ...artifacts, graph: digestRows([1]) } })
    expect(count.findings.map(({ code: name }) => name)).toEqual(['artifact-unrecorded'])
    for (const validation of [count, validateOrdering(undefined, { ...code, strictness: 'strict' })])
      expect(legacyReport(validation, 'code')).toEqual({
        report: { issues: [], warnings: [], hints: [], orderingDrift: [] },
        modeReport: { ok: true, missing: [], warnings: [] },
      })
  })
})
