import { describe, expect, it } from 'vitest'
import { errorOf, exportedLedger, readJsonVector } from '../conformance/build-desk.ts'
import { normalize } from './normalize.ts'
import { mergeSeeds, upsertArtifact } from './recording.ts'

interface NormalizeVector {
  readonly in?: unknown
  readonly normalized?: unknown
  readonly merged?: unknown
  readonly note?: string
}

const vectors = readJsonVector<readonly NormalizeVector[]>('normalize_merge_vectors.json')
const zeros = `sha1:${'0'.repeat(40)}`

function codesOf(value: unknown): (readonly [string, string])[] {
  return normalize(value).findings.map(({ code, path = '' }) => [code, path] as const)
}

describe('normalize, where ours follows the original', () => {
  const followed = vectors.slice(0, 4)
  it('has four such vectors', () =>
    expect(followed.map((vector) => vector.in)).toEqual([null, {}, { schemaVersion: '1' }, { schemaVersion: 'x' }]))
  for (const { in: input, normalized } of followed)
    it(JSON.stringify(input), () => expect(normalize(input).ledger ?? null).toEqual(normalized))

  it('leaves a sound ledger as it is', () => {
    const { ledger, findings } = normalize(exportedLedger)
    expect(findings).toEqual([])
    expect(JSON.stringify(ledger)).toBe(JSON.stringify(exportedLedger))
  })
})

describe('defects of the original that are refused', () => {
  it('reads no array as an object', () => {
    expect(codesOf(vectors[4]?.in)).toEqual([
      ['shape-invalid', '/seeds'],
      ['shape-invalid', '/stages'],
    ])
  })

  it('never writes a newer version down', () => {
    expect(vectors[5]?.note).toMatch(/silently downgraded/)
    const newer = normalize({ schemaVersion: 2, stages: { s: { artifacts: { x: { hash: zeros, future: 1 } } } } })
    expect(newer.findings).toMatchObject([{ code: 'schema-version-unsupported', severity: 'W' }])
    expect(newer.ledger).toMatchObject({ schemaVersion: 2, stages: { s: { artifacts: { x: { future: 1 } } } } })
    const seeds = { discoveryHash: null, fileListHash: null, fileCount: null, mode: null }
    for (const write of [
      () => mergeSeeds(newer.ledger!, 's', seeds),
      () => upsertArtifact(newer.ledger!, 's', 'y', { hash: zeros, rule: null, count: 1, mode: null }),
    ])
      expect(errorOf(write)).toMatchObject({ code: 'INVARIANT_VIOLATED', details: { rule: 'schema-version-newer' } })
  })

  it('lets no stage become null', () => {
    expect(vectors[6]?.note).toMatch(/stage set to null/)
    expect(codesOf({ schemaVersion: 1, stages: { s: null } })).toEqual([['shape-invalid', '/stages/s']])
  })
})

describe('what is wrong with a shape', () => {
  const stage = (artifact: unknown): unknown => ({
    schemaVersion: 1,
    stages: { 's:m': { artifacts: { 'a/b': artifact } } },
  })
  const at = '/stages/s:m/artifacts/a~1b'
  const cases: { name: string; input: unknown; want: readonly (readonly [code: string, path: string])[] }[] = [
    { name: 'nothing', input: undefined, want: [['ledger-missing', '']] },
    { name: 'a list', input: [], want: [['shape-invalid', '']] },
    { name: 'a text', input: 'ledger', want: [['shape-invalid', '']] },
    { name: 'no version', input: {}, want: [['schema-version-invalid', '/schemaVersion']] },
    { name: 'version 0', input: { schemaVersion: 0 }, want: [['schema-version-invalid', '/schemaVersion']] },
    { name: 'a negative version', input: { schemaVersion: -3 }, want: [['schema-version-invalid', '/schemaVersion']] },
    {
      name: 'a newer version as text',
      input: { schemaVersion: '2' },
      want: [
        ['schema-version-invalid', '/schemaVersion'],
        ['schema-version-unsupported', '/schemaVersion'],
      ],
    },
    { name: 'seeds null', input: { schemaVersion: 1, seeds: null }, want: [['shape-invalid', '/seeds']] },
    {
      name: 'a seed that is a list',
      input: { schemaVersion: 1, seeds: { mode: [] } },
      want: [['shape-invalid', '/seeds/mode']],
    },
    {
      name: 'a count that is text',
      input: { schemaVersion: 1, seeds: { fileCount: '9' } },
      want: [['shape-invalid', '/seeds/fileCount']],
    },
    {
      name: 'a key of three parts',
      input: { schemaVersion: 1, stages: { 'a:b:c': {} } },
      want: [['shape-invalid', '/stages/a:b:c']],
    },
    {
      name: 'an empty mode',
      input: { schemaVersion: 1, stages: { 'a:': {} } },
      want: [['shape-invalid', '/stages/a:']],
    },
    {
      name: 'artifacts that are a list',
      input: { schemaVersion: 1, stages: { a: { artifacts: [] } } },
      want: [['shape-invalid', '/stages/a/artifacts']],
    },
    { name: 'an entry that is null', input: stage(null), want: [['shape-invalid', at]] },
    { name: 'a hash that is an object', input: stage({ hash: {} }), want: [['shape-invalid', `${at}/hash`]] },
    {
      name: 'a rule that is a number',
      input: stage({ hash: zeros, rule: 1 }),
      want: [['shape-invalid', `${at}/rule`]],
    },
    { name: 'a hash of no hex', input: stage({ hash: 'sha1:xyz' }), want: [['hash-format', `${at}/hash`]] },
    {
      name: 'a hash in upper case',
      input: stage({ hash: `sha1:${'A'.repeat(40)}` }),
      want: [['hash-format', `${at}/hash`]],
    },
    { name: 'a hash too short', input: stage({ hash: 'sha1:00' }), want: [['hash-format', `${at}/hash`]] },
    { name: 'a hash without an algorithm', input: stage({ hash: 'h' }), want: [['hash-format', `${at}/hash`]] },
    { name: 'another algorithm', input: stage({ hash: 'xxh64:00ff' }), want: [['hash-algo-unknown', `${at}/hash`]] },
    { name: 'an entry without a hash', input: stage({}), want: [] },
  ]
  for (const { name, input, want } of cases) it(name, () => expect(codesOf(input)).toEqual(want))

  it('reads a count that no JSON can hold as null', () => {
    const { ledger, findings } = normalize(stage({ hash: zeros, count: Number.POSITIVE_INFINITY }))
    expect(findings).toEqual([])
    expect(ledger?.stages['s:m']?.artifacts?.['a/b']?.count).toBeNull()
  })

  it('takes names that objects have anyway for names', () => {
    const input: unknown = JSON.parse(
      '{"schemaVersion":1,"stages":{"constructor":{"artifacts":{"__proto__":{"hash":null}}},"__proto__":{}}}',
    )
    const { ledger, findings } = normalize(input)
    expect(findings.map(({ code, path }) => [code, path])).toEqual([
      ['shape-invalid', '/stages/constructor/artifacts/__proto__'],
      ['shape-invalid', '/stages/__proto__'],
    ])
    expect(Object.keys(ledger?.stages ?? {})).toEqual(['constructor'])
  })
})
