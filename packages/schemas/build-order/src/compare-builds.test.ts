import { describe, expect, it } from 'vitest'
import { exportedLedger } from '../conformance/build-desk.ts'
import { compareBuilds } from './compare-builds.ts'
import type { BuildRecord } from './compare-builds.ts'
import { formatComparison } from './comparison-text.ts'
import type { OrderingEvent } from './events.ts'
import { foldOrderingLedger } from './fold.ts'
import { createOrderingHasher } from './ordering-hasher.ts'

interface Artifact {
  readonly lines: readonly string[]
  readonly chunkLines?: number
  readonly rule?: string
}

function build(fileCount: number, artifacts: Readonly<Record<string, Artifact>>): BuildRecord {
  const seeds = { stageKey: 'stage1:code', discoveryHash: 'd1', fileListHash: null, fileCount, mode: 'code' }
  const events = Object.entries(artifacts).map(([artifact, { lines, chunkLines, rule = 'r:file' }]): OrderingEvent => {
    const hasher = createOrderingHasher(chunkLines === undefined ? {} : { chunkLines })
    for (const line of lines) hasher.update(line)
    const { hash, count } = hasher.digest()
    const named = { stageKey: 'stage2:code', artifact, hash, rule, count, mode: 'code' }
    return { type: 'artifact', data: { ...named, chunkHashes: hasher.chunkHashes() } }
  })
  return foldOrderingLedger([{ type: 'seeds', data: seeds }, ...events])
}

const before = build(9, {
  same: { lines: ['a', 'b'] },
  gone: { lines: ['a'] },
  order: { lines: ['a', 'b', 'c', 'd', 'e'], chunkLines: 2 },
  plain: { lines: ['a', 'b'] },
  label: { lines: ['a'] },
})
const after = build(10, {
  same: { lines: ['a', 'b'] },
  order: { lines: ['a', 'b', 'd', 'c', 'e', 'f'], chunkLines: 2 },
  plain: { lines: ['b', 'a'] },
  label: { lines: ['a'], rule: 'another rule' },
  fresh: { lines: ['x'] },
})

describe('two builds', () => {
  const { isSame, seeds, artifacts } = compareBuilds(before, after)

  it('differ in seeds, with the stage that recorded them', () => {
    expect(isSame).toBe(false)
    expect(seeds).toEqual([{ stage: 'stage1:code', seed: 'fileCount', before: 9, after: 10 }])
  })

  it('differ in artifacts: kind, place, rule, hash, count, first difference and seeds', () => {
    expect(artifacts.map(({ kind, artifact, firstDifference }) => [artifact, kind, firstDifference])).toEqual([
      ['gone', 'removed', undefined],
      ['order', 'changed', { firstLine: 3, lastLine: 4 }],
      ['plain', 'changed', 'unknown'],
      ['label', 'relabelled', undefined],
      ['fresh', 'added', undefined],
    ])
    for (const drift of artifacts) expect(drift).toMatchObject({ stage: 'stage2:code', mode: 'code', seeds })
    expect(artifacts[1]).toMatchObject({ before: { count: 5, rule: 'r:file' }, after: { count: 6 } })
  })

  it('are told in text', () => {
    const hashOf = (build: BuildRecord, name: string): string | null | undefined =>
      build.orderingLedger.stages['stage2:code']?.artifacts?.[name]?.hash
    expect(formatComparison(compareBuilds(before, after)).split('\n').slice(0, 8)).toEqual([
      'seed fileCount of stage1:code: 9 -> 10',
      'removed gone of stage2:code (mode code, rule r:file -> (none))',
      `  hash ${hashOf(before, 'gone')} -> (none), lines 1 -> (none)`,
      '  seeds changed: fileCount of stage1:code',
      'changed order of stage2:code (mode code, rule r:file)',
      `  hash ${hashOf(before, 'order')} -> ${hashOf(after, 'order')}, lines 5 -> 6`,
      '  first difference: within lines 3 to 4',
      '  seeds changed: fileCount of stage1:code',
    ])
    expect(formatComparison(compareBuilds(before, after))).toContain('unknown, no chunk hashes were recorded')
    expect(formatComparison(compareBuilds(before, after))).toContain('rule r:file -> "another rule"')
  })

  it('that are the same say so', () => {
    const same = compareBuilds({ orderingLedger: exportedLedger }, { orderingLedger: structuredClone(exportedLedger) })
    expect(same).toEqual({ isSame: true, seeds: [], artifacts: [] })
    expect(formatComparison(same)).toBe('same orderings, same seeds')
  })

  it('whose lines hash alike differ in their count', () => {
    const one = build(9, { order: { lines: ['a\nb'], chunkLines: 1 } })
    const other = build(9, { order: { lines: ['a', 'b'], chunkLines: 1 } })
    expect(compareBuilds(one, other).artifacts).toMatchObject([
      { kind: 'changed', firstDifference: 'unknown', before: { count: 1 }, after: { count: 2 }, seeds: [] },
    ])
    expect(formatComparison(compareBuilds(one, other))).toContain('seeds changed: none')
  })

  it('have only the seeds of their own mode for an explanation', () => {
    const change = (discoveryHash: string): BuildRecord =>
      foldOrderingLedger(
        [
          { stageKey: 'stage1:prose', discoveryHash, fileListHash: null, fileCount: 1, mode: 'prose' },
          { stageKey: 'stage2', discoveryHash, fileListHash: null, fileCount: 1, mode: null },
        ].map((data) => ({ type: 'seeds', data })),
        { orderingLedger: before.orderingLedger, chunkHashes: before.chunkHashes ?? {} },
      )
    const [one, other] = [change('d1'), change('d2')]
    const hash = `sha1:${'0'.repeat(40)}`
    const drifted = foldOrderingLedger(
      [{ type: 'artifact', data: { stageKey: 'stage2', artifact: 'a', hash, rule: null, count: 1, mode: null } }],
      { orderingLedger: other.orderingLedger, chunkHashes: {} },
    )
    const { seeds: changed, artifacts: found } = compareBuilds(one, drifted)
    expect(changed.map(({ stage }) => stage)).toEqual(['stage1:prose', 'stage2'])
    expect(found).toMatchObject([{ artifact: 'a', kind: 'added', seeds: [{ stage: 'stage2', seed: 'discoveryHash' }] }])
  })
})
