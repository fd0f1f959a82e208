import { describe, expect, it } from 'vitest'
import { errorOf, exportedLedger, readJsonVector } from '../conformance/build-desk.ts'
import { emptyOrderingLedger, seedsOf } from './ordering-ledger.ts'
import type { OrderingLedger } from './ordering-ledger.ts'
import { mergeSeeds, upsertArtifact } from './recording.ts'

const hash = `sha1:${'0'.repeat(40)}`
const entry = { hash, rule: 'repo_map:file', count: 3, mode: 'code' }
const codeSeeds = { discoveryHash: 'd1', fileListHash: 'f1', fileCount: 9, mode: 'code' }
const proseSeeds = { discoveryHash: null, fileListHash: null, fileCount: 50, mode: 'prose' }

function ledgerOf(vector: string): OrderingLedger {
  return readJsonVector<{ orderingLedger: OrderingLedger }>(vector).orderingLedger
}

describe('the three moments of one build', () => {
  const first = mergeSeeds(emptyOrderingLedger, 'stage1:code', codeSeeds)
  const second = mergeSeeds(first, 'stage1:prose', proseSeeds)

  it('begin with seeds', () => expect(first).toEqual(ledgerOf('build_state.1_seeds_only.json')))

  it('lose the seeds of the first mode at the top, nulls included', () => {
    expect(second).toEqual(ledgerOf('build_state.2_second_mode_overwrites_top_seeds.json'))
    expect(seedsOf(second, 'stage1:code')).toEqual(codeSeeds)
    expect(seedsOf(second, 'stage3')).toEqual(proseSeeds)
  })

  it('end with artifacts, byte for byte', () => {
    const stages = Object.entries(exportedLedger.stages)
    const full = stages.reduce(
      (ledger, [stageKey, { artifacts = {} }]) =>
        Object.entries(artifacts).reduce(
          (inner, [artifact, { hash: text, ...rest }]) =>
            upsertArtifact(inner, stageKey, artifact, { ...rest, hash: text ?? '' }),
          ledger,
        ),
      second,
    )
    expect(JSON.stringify(full)).toBe(JSON.stringify(exportedLedger))
  })
})

describe('an upsert', () => {
  const ledger = upsertArtifact(mergeSeeds(emptyOrderingLedger, 's:code', codeSeeds), 's:code', 'a', entry)

  it('replaces the whole entry', () => {
    const next = { hash, rule: null, count: null, mode: null }
    expect(upsertArtifact(ledger, 's:code', 'a', next).stages['s:code']?.artifacts).toEqual({ a: next })
  })

  it('that is identical is not made again', () => {
    expect(upsertArtifact(ledger, 's:code', 'a', { ...entry })).toBe(ledger)
    expect(mergeSeeds(ledger, 's:code', { ...codeSeeds })).toBe(ledger)
  })

  it('changes nothing in place, and nothing else', () => {
    const before = JSON.stringify(ledger)
    const after = mergeSeeds(upsertArtifact(ledger, 's', 'b', entry), 's', proseSeeds)
    expect(JSON.stringify(ledger)).toBe(before)
    expect(after.stages['s:code']).toBe(ledger.stages['s:code'])
    expect(after.stages['s']).toEqual({ seeds: proseSeeds, artifacts: { b: entry } })
  })

  it('of the seeds a later mode wrote puts them back at the top', () => {
    const later = mergeSeeds(ledger, 's:prose', proseSeeds)
    expect(mergeSeeds(later, 's:code', codeSeeds).seeds).toEqual(codeSeeds)
  })
})

describe('what is refused, with nothing changed', () => {
  const upsert = (stage: string, artifact: string, change: object) => () =>
    upsertArtifact(emptyOrderingLedger, stage, artifact, { ...entry, ...change })
  const merge = (stage: string, change: object) => () =>
    mergeSeeds(emptyOrderingLedger, stage, { ...codeSeeds, ...change })
  const missing = undefined as unknown as string
  const cases: { name: string; run: () => unknown; code: string; path: string }[] = [
    { name: 'no stage', run: upsert(missing, 'a', {}), code: 'SCHEMA_INVALID', path: '/data/stageKey' },
    { name: 'an empty stage', run: upsert('', 'a', {}), code: 'SCHEMA_INVALID', path: '/data/stageKey' },
    { name: 'a key of three parts', run: upsert('a:b:c', 'a', {}), code: 'SCHEMA_INVALID', path: '/data/stageKey' },
    { name: 'no artifact', run: upsert('s', '', {}), code: 'SCHEMA_INVALID', path: '/data/artifact' },
    { name: '__proto__', run: upsert('s', '__proto__', {}), code: 'SCHEMA_INVALID', path: '/data/artifact' },
    { name: 'no hash', run: upsert('s', 'a', { hash: missing }), code: 'SCHEMA_INVALID', path: '/data/hash' },
    { name: 'a null hash', run: upsert('s', 'a', { hash: null }), code: 'SCHEMA_INVALID', path: '/data/hash' },
    {
      name: 'a hash of no hex',
      run: upsert('s', 'a', { hash: 'sha1:xyz' }),
      code: 'INVARIANT_VIOLATED',
      path: '/data/hash',
    },
    {
      name: 'a count that is not finite',
      run: upsert('s', 'a', { count: Number.NaN }),
      code: 'SCHEMA_INVALID',
      path: '/data/count',
    },
    { name: 'a negative count', run: upsert('s', 'a', { count: -1 }), code: 'SCHEMA_INVALID', path: '/data/count' },
    { name: 'a rule left out', run: upsert('s', 'a', { rule: undefined }), code: 'SCHEMA_INVALID', path: '/data/rule' },
    { name: 'seeds without a stage', run: merge(missing, {}), code: 'SCHEMA_INVALID', path: '/data/stageKey' },
    {
      name: 'a seed left out',
      run: merge('s', { fileListHash: undefined }),
      code: 'SCHEMA_INVALID',
      path: '/data/fileListHash',
    },
    {
      name: 'a file count that is not finite',
      run: merge('s', { fileCount: Infinity }),
      code: 'SCHEMA_INVALID',
      path: '/data/fileCount',
    },
  ]
  for (const { name, run, code, path } of cases)
    it(name, () => {
      const error = errorOf(run)
      expect(error.code).toBe(code)
      const { issues, path: found } = error.details as { issues?: readonly { path: string }[]; path?: string }
      expect(issues?.[0]?.path ?? found).toBe(path)
    })
})
