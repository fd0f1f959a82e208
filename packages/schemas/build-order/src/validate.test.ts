import { describe, expect, it } from 'vitest'
import { artifactRows, currentArtifacts, exportedLedger } from '../conformance/build-desk.ts'
import { createOrderingHasher, digestRows } from './ordering-hasher.ts'
import type { ArtifactEntry, OrderingLedger } from './ordering-ledger.ts'
import { validateOrdering } from './validate.ts'
import type { OrderingValidation, ValidateOptions } from './validate.ts'

const code: ValidateOptions = { mode: 'code', stage: 'stage2', artifacts: currentArtifacts('code') }

function validate(change: Partial<ValidateOptions> = {}, ledger: unknown = exportedLedger): OrderingValidation {
  return validateOrdering(ledger, { ...code, ...change })
}

function codesOf({ findings }: OrderingValidation): (readonly [string, string | undefined])[] {
  return findings.map(({ code: name, path }) => [name, path] as const)
}

function withEntry(artifact: string, change: Partial<ArtifactEntry>): OrderingLedger {
  const stage = exportedLedger.stages['stage2:code']
  const entry = { hash: null, rule: null, count: null, mode: null, ...stage?.artifacts?.[artifact], ...change }
  const artifacts = { ...stage?.artifacts, [artifact]: entry }
  return { ...exportedLedger, stages: { ...exportedLedger.stages, 'stage2:code': { ...stage, artifacts } } }
}

const at = '/stages/stage2:code/artifacts/repo_map'
const { repo_map: _, ...withoutRepoMap } = code.artifacts

describe('validation, default and strict', () => {
  const cases: {
    name: string
    run: (change: Partial<ValidateOptions>) => OrderingValidation
    want: readonly (readonly [string, string])[]
  }[] = [
    { name: 'all match', run: (strict) => validate(strict), want: [] },
    {
      name: 'another order of members',
      run: (strict) =>
        validate({ ...strict, artifacts: { ...code.artifacts, repo_map: digestRows(repoMapWithFirst(reversed)) } }),
      want: [['hash-mismatch', `${at}/hash`]],
    },
    {
      name: 'rows missing',
      run: (strict) =>
        validate({ ...strict, artifacts: { ...code.artifacts, repo_map: digestRows(repoMap.slice(1)) } }),
      want: [
        ['hash-mismatch', `${at}/hash`],
        ['count-mismatch', `${at}/count`],
      ],
    },
    {
      name: 'an artifact that is not there',
      run: (strict) => validate({ ...strict, artifacts: withoutRepoMap }),
      want: [['missing-artifact', at]],
    },
    {
      name: 'an empty artifact',
      run: (strict) => validate({ ...strict, artifacts: { ...code.artifacts, repo_map: digestRows([]) } }),
      want: [['missing-artifact', at]],
    },
    {
      name: 'an artifact without lines, as a digest',
      run: (strict) =>
        validate({ ...strict, artifacts: { ...code.artifacts, repo_map: createOrderingHasher().digest() } }),
      want: [['missing-artifact', at]],
    },
    {
      name: 'right hash, wrong count',
      run: (strict) => validate(strict, withEntry('repo_map', { count: 39 })),
      want: [['count-mismatch', `${at}/count`]],
    },
    {
      name: 'no hash',
      run: (strict) => validate(strict, withEntry('repo_map', { hash: null })),
      want: [['hash-null', `${at}/hash`]],
    },
    {
      name: 'a hash of another algorithm',
      run: (strict) => validate(strict, withEntry('repo_map', { hash: 'xxh64:00' })),
      want: [['hash-algo-unknown', `${at}/hash`]],
    },
    {
      name: 'an artifact that was not recorded',
      run: (strict) =>
        validate({
          ...strict,
          artifacts: { ...code.artifacts, graph: digestRows([1]), gone: null, none: createOrderingHasher().digest() },
        }),
      want: [['artifact-unrecorded', '/stages/stage2:code/artifacts/graph']],
    },
    {
      name: 'a stage that is not there',
      run: (strict) => validate({ ...strict, stage: 'stage9' }),
      want: [['stage-missing', '/stages/stage9:code']],
    },
    {
      name: 'a mode never built',
      run: (strict) => validate({ ...strict, mode: 'records' }),
      want: [['stage-missing', '/stages/stage2:records']],
    },
    {
      name: 'a stage with seeds only',
      run: (strict) => validate({ ...strict, stage: 'stage1' }),
      want: [['artifacts-missing', '/stages/stage1:code']],
    },
    { name: 'no ledger', run: (strict) => validate(strict, null), want: [['ledger-missing', '']] },
  ]
  for (const { name, run, want } of cases) {
    it(`${name}: warns`, () => {
      const validation = run({})
      expect(codesOf(validation)).toEqual(want)
      expect(validation.isValid).toBe(true)
      expect(validation.findings.every(({ severity }) => severity === 'W')).toBe(true)
    })
    it(`${name}: strict`, () => {
      const validation = run({ strictness: 'strict' })
      expect(codesOf(validation)).toEqual(want)
      expect(validation.isValid).toBe(want.length === 0)
      expect(validation.findings.every(({ severity }) => severity === 'E')).toBe(true)
    })
  }

  it('fails on a shape that is wrong, strict or not', () => {
    const broken = { ...exportedLedger, seeds: [] }
    expect(validate({}, broken)).toMatchObject({ isValid: false, findings: [{ code: 'shape-invalid', severity: 'E' }] })
    expect(validate({}, withEntry('repo_map', { hash: 'sha1:xyz' }))).toMatchObject({
      isValid: false,
      findings: [{ code: 'hash-format', severity: 'E' }],
    })
  })
})

describe('a validation', () => {
  it('names stage, mode, artifact, rule and both hashes', () => {
    const actual = digestRows(repoMap.toReversed())
    const { findings } = validate({ artifacts: { ...code.artifacts, repo_map: actual } })
    expect(findings).toEqual([
      {
        ...{ code: 'hash-mismatch', severity: 'W', line: 0, offset: 0, path: `${at}/hash` },
        ...{ stage: 'stage2:code', mode: 'code', artifact: 'repo_map', rule: 'repo_map:file,name,kind,signature' },
        ...{
          expectedHash: exportedLedger.stages['stage2:code']?.artifacts?.['repo_map']?.hash,
          actualHash: actual?.hash,
        },
        ...{ expectedCount: 40, actualCount: 40 },
        message: 'repo_map is not in the order that was recorded.',
      },
    ])
  })

  it('says what it compared and what it cannot show', () => {
    const { comparedStage, comparedCount, coverage, unshown } = validate()
    expect({ comparedStage, comparedCount, coverage }).toEqual({
      comparedStage: 'stage2:code',
      comparedCount: 6,
      coverage: 'stage',
    })
    expect(unshown.length).toBeGreaterThan(0)
    expect(validate({ stage: 'stage9' })).toMatchObject({ comparedStage: undefined, comparedCount: 0 })
  })

  const stages: { name: string; input: Partial<ValidateOptions>; want: string | undefined }[] = [
    { name: 'the one given', input: { stage: 'stage2', indexStage: 'stage9' }, want: 'stage2:code' },
    { name: "the index state's", input: { stage: null, indexStage: 'stage3' }, want: 'stage3' },
    { name: 'stage2 where none is named', input: { stage: null, indexStage: null }, want: 'stage2:code' },
    { name: 'the one for all modes', input: { stage: 'stage3' }, want: 'stage3' },
    { name: 'the one for all modes, without a mode', input: { stage: 'stage2', mode: null }, want: undefined },
    { name: 'never another one', input: { stage: 'stage1' }, want: undefined },
  ]
  for (const { name, input, want } of stages)
    it(`looks at ${name}`, () => expect(validate(input).comparedStage).toBe(want))

  it('is not shadowed by an entry with seeds only', () => {
    const seeds = { discoveryHash: null, fileListHash: null, fileCount: null, mode: 'code' }
    const ledger = { ...exportedLedger, stages: { ...exportedLedger.stages, 'stage3:code': { seeds } } }
    expect(validate({ stage: 'stage3' }, ledger).comparedStage).toBe('stage3')
  })

  it('says among which lines the first difference is', () => {
    const before = createOrderingHasher({ chunkLines: 8 })
    const after = createOrderingHasher({ chunkLines: 8 })
    for (const row of repoMap) before.update(JSON.stringify(row))
    for (const row of repoMapWithFirst((first) => first, 17)) after.update(JSON.stringify(row))
    const chunks = before.chunkHashes()
    const { findings } = validate({
      artifacts: { ...code.artifacts, repo_map: { ...after.digest(), chunkHashes: after.chunkHashes() } },
      chunkHashes: chunks === undefined ? {} : { 'stage2:code': { repo_map: chunks } },
    })
    expect(findings).toMatchObject([{ code: 'hash-mismatch', firstDifference: { firstLine: 17, lastLine: 24 } }])
  })
})

const repoMap = artifactRows.arts['code']?.['repo_map'] ?? []

function reversed(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(row).toReversed())
}

/** The rows with the first one changed, or with the one at `swapAt` and the next one swapped. */
function repoMapWithFirst(
  change: (row: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
  swapAt?: number,
): readonly unknown[] {
  const rows = repoMap.map((row, index) => (index === 0 ? change(row) : row))
  if (swapAt === undefined) return rows
  return [...rows.slice(0, swapAt), rows[swapAt + 1], rows[swapAt], ...rows.slice(swapAt + 2)]
}
