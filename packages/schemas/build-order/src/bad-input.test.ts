// formats §4.5, row by row: what reading and validation say, and what admission and the upserts refuse where the row can
// be a draft.
import { describe, expect, it } from 'vitest'
import { artifactRows, currentArtifacts, errorOf, exportedLedger, sealDraft } from '../conformance/build-desk.ts'
import { parseBuildState } from './build-state.ts'
import { digestRows } from './ordering-hasher.ts'
import { validateOrdering } from './validate.ts'
import type { ValidateOptions } from './validate.ts'

const encoder = new TextEncoder()
const zeros = '0'.repeat(40)
const artifacts = currentArtifacts('code')
const repoMap = artifactRows.arts['code']?.['repo_map'] ?? []
const artifactData = { stageKey: 's', artifact: 'a', hash: `sha1:${zeros}`, rule: null, count: 1, mode: null }
const seedsData = { stageKey: 's', discoveryHash: null, fileListHash: null, fileCount: 1, mode: null }

/** Code and path of all findings of a build state, then of validating it as it was read. */
function read(text: string, bytesMax?: number): (readonly [string, string | undefined])[] {
  const { findings } = parseBuildState(encoder.encode(text), bytesMax === undefined ? {} : { bytesMax })
  return findings.map(({ code, path }) => [code, path] as const)
}

function validate(options: Partial<ValidateOptions>): readonly object[] {
  return validateLedger(exportedLedger, options)
}

function validateLedger(ledger: unknown, options: Partial<ValidateOptions> = {}): readonly object[] {
  return validateOrdering(ledger, { stage: 'stage2', mode: 'code', artifacts, ...options }).findings
}

const state = (ledger: unknown): string => JSON.stringify({ stage: 'stage2', orderingLedger: ledger })
const entry = (hash: unknown): unknown => ({ schemaVersion: 1, stages: { s: { artifacts: { a: { hash } } } } })
const hashPath = '/orderingLedger/stages/s/artifacts/a/hash'

describe('the ledger', () => {
  const rows: { name: string; input: string; want: readonly [code: string, path: string]; found: object }[] = [
    {
      name: 'is absent',
      input: '{}',
      want: ['ledger-missing', '/orderingLedger'],
      found: { code: 'ledger-missing', severity: 'W' },
    },
    {
      name: 'is null',
      input: state(null),
      want: ['ledger-missing', '/orderingLedger'],
      found: { code: 'ledger-missing', severity: 'W' },
    },
    {
      name: 'has a list for seeds',
      input: state({ ...exportedLedger, seeds: [] }),
      want: ['shape-invalid', '/orderingLedger/seeds'],
      found: { code: 'shape-invalid', severity: 'E' },
    },
    {
      name: 'has a list for stages',
      input: state({ schemaVersion: 1, seeds: {}, stages: [] }),
      want: ['shape-invalid', '/orderingLedger/stages'],
      found: { code: 'shape-invalid', severity: 'E' },
    },
    {
      name: 'has a stage that is null',
      input: state({ schemaVersion: 1, stages: { s: null } }),
      want: ['shape-invalid', '/orderingLedger/stages/s'],
      found: { code: 'shape-invalid', severity: 'E' },
    },
    {
      name: 'has a hash that is an object',
      input: state(entry({ algo: 'sha1' })),
      want: ['shape-invalid', hashPath],
      found: { code: 'shape-invalid', severity: 'E' },
    },
    ...[
      ['no hex', 'sha1:xyz'],
      ['upper case', `sha1:${'A'.repeat(40)}`],
      ['one digit too few', `sha1:${zeros.slice(1)}`],
      ['one digit too many', `sha1:${zeros}0`],
    ].map(([name = '', hash]) => ({
      name: `has a hash of ${name}`,
      input: state(entry(hash)),
      want: ['hash-format', hashPath] as const,
      found: { code: 'hash-format', severity: 'E' },
    })),
  ]
  for (const { name, input, want, found } of rows)
    it(name, () => {
      expect(read(input)).toEqual([want])
      expect(validateLedger(parseBuildState(encoder.encode(input)).orderingLedger)[0]).toMatchObject(found)
    })
})

describe('the same as a draft', () => {
  const rows: { name: string; draft: { type: string; data: unknown }; want: object }[] = [
    {
      name: 'a hash that is an object',
      draft: { type: 'artifact', data: { ...artifactData, hash: {} } },
      want: { code: 'SCHEMA_INVALID' },
    },
    {
      name: 'a stage that is null',
      draft: { type: 'seeds', data: { ...seedsData, stageKey: null } },
      want: { code: 'SCHEMA_INVALID' },
    },
    { name: 'seeds that are a list', draft: { type: 'seeds', data: [] }, want: { code: 'SCHEMA_INVALID' } },
    ...['sha1:xyz', `sha1:${'A'.repeat(40)}`, `sha1:${zeros.slice(1)}`].map((hash) => ({
      name: hash,
      draft: { type: 'artifact', data: { ...artifactData, hash } },
      want: { code: 'INVARIANT_VIOLATED', details: { rule: 'hash-format', path: '/data/hash' } },
    })),
  ]
  for (const { name, draft, want } of rows)
    it(`is refused: ${name}`, () => expect(errorOf(() => sealDraft(draft))).toMatchObject(want))
})

describe('the artifacts', () => {
  const named = { stage: 'stage2:code', mode: 'code', artifact: 'repo_map', rule: 'repo_map:file,name,kind,signature' }

  it('have two rows swapped', () => {
    const swapped = [repoMap[1], repoMap[0], ...repoMap.slice(2)]
    expect(validate({ artifacts: { ...artifacts, repo_map: digestRows(swapped) } })).toMatchObject([
      { code: 'hash-mismatch', ...named },
    ])
  })

  it('have the members of one row in another order', () => {
    const rows = repoMap.map((row, at) => (at === 7 ? Object.fromEntries(Object.entries(row).toReversed()) : row))
    expect(validate({ artifacts: { ...artifacts, repo_map: digestRows(rows) } })).toMatchObject([
      { code: 'hash-mismatch', ...named },
    ])
  })

  it('have the right hash and the wrong count', () => {
    const hash = artifacts['repo_map']?.hash ?? ''
    expect(validate({ artifacts: { ...artifacts, repo_map: { hash, count: 41 } } })).toMatchObject([
      { code: 'count-mismatch', ...named, expectedCount: 40, actualCount: 41 },
    ])
  })

  it('are of a stage that is absent while others exist', () => {
    expect(validate({ stage: 'stage9' })).toMatchObject([{ code: 'stage-missing', stage: 'stage9:code' }])
    expect(validateOrdering(exportedLedger, { stage: 'stage9', mode: 'code', artifacts }).comparedCount).toBe(0)
  })
})

describe('the file', () => {
  it('is over the cap', () => expect(read(state(exportedLedger), 64)).toEqual([['file-too-large', '']]))
  it('is no JSON', () => expect(read('orderingLedger')).toEqual([['json-invalid', '']]))
  it('is cut in the middle', () => expect(read(state(exportedLedger).slice(0, 500))).toEqual([['json-invalid', '']]))
})
