import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorOf, exportedLedger, readJsonVector } from '../conformance/build-desk.ts'
import type { OrderingEvent } from './events.ts'
import { chunkHashesOf, emptyFold, foldOrderingLedger, needsUpsert } from './fold.ts'
import { createOrderingHasher } from './ordering-hasher.ts'
import { mergeSeeds, upsertArtifact } from './recording.ts'
import { emptyOrderingLedger } from './ordering-ledger.ts'
import type { OrderingLedger } from './ordering-ledger.ts'
import { unfold } from './unfold.ts'

const stageKey = fc.constantFrom('stage1', 'stage1:code', 'stage2:prose', 'constructor', '2')
const name = fc.constantFrom('repo_map', 'chunk_meta', 'toString', '1')
const hash = fc.constantFrom('a', 'b', 'c').map((digit) => `sha1:${digit.repeat(40)}`)
const mode = fc.constantFrom('code', 'prose', null)
const count = fc.option(fc.nat(9))

const orderingEvent: fc.Arbitrary<OrderingEvent> = fc.oneof(
  fc.record({
    type: fc.constant('seeds' as const),
    data: fc.record({ stageKey, discoveryHash: mode, fileListHash: mode, fileCount: count, mode }),
  }),
  fc.record({
    type: fc.constant('artifact' as const),
    data: fc.record({ stageKey, artifact: name, hash, rule: mode, count, mode }),
  }),
)
const history = fc.array(orderingEvent, { maxLength: 30 })

describe('the fold', () => {
  it('is what the upserts give, one after the other', () => {
    fc.assert(
      fc.property(history, (events) => {
        const upserted = events.reduce((ledger: OrderingLedger, event) => {
          if (event.type === 'seeds') return mergeSeeds(ledger, event.data.stageKey, event.data)
          return upsertArtifact(ledger, event.data.stageKey, event.data.artifact, event.data)
        }, emptyOrderingLedger)
        expect(foldOrderingLedger(events).orderingLedger).toEqual(upserted)
      }),
    )
  })

  it('goes on from a fold, and says which events change nothing', () => {
    fc.assert(
      fc.property(history, history, (first, second) => {
        const fold = foldOrderingLedger(first)
        expect(foldOrderingLedger(second, fold)).toEqual(foldOrderingLedger([...first, ...second]))
        for (const event of second) {
          const isChanging = JSON.stringify(foldOrderingLedger([event], fold)) !== JSON.stringify(fold)
          expect(needsUpsert(fold, event)).toBe(isChanging)
        }
        expect(foldOrderingLedger([...second, ...second.slice(-1)])).toEqual(foldOrderingLedger(second))
      }),
    )
  })

  it('passes over other types and refuses what admission would refuse', () => {
    expect(foldOrderingLedger([{ type: 'note', data: 7 }])).toEqual(emptyFold)
    expect(errorOf(() => foldOrderingLedger([{ type: 'seeds', data: {} }])).code).toBe('SCHEMA_INVALID')
  })
})

describe('chunk hashes in the fold', () => {
  const hasher = createOrderingHasher({ chunkLines: 2 })
  for (const line of 'abcde') hasher.update(line)
  const { hash: text, count: lines } = hasher.digest()
  const data = { stageKey: 's', artifact: 'a', hash: text, rule: null, count: lines, mode: null }
  const plain: OrderingEvent = { type: 'artifact', data }
  const chunked: OrderingEvent = { type: 'artifact', data: { ...data, chunkHashes: hasher.chunkHashes() } }
  const other: OrderingEvent = { type: 'artifact', data: { ...data, hash: `sha1:${'0'.repeat(40)}` } }

  it('stand beside the ordering ledger, never in it', () => {
    const fold = foldOrderingLedger([chunked])
    expect(chunkHashesOf(fold, 's', 'a')).toEqual(hasher.chunkHashes())
    expect(fold.orderingLedger).toEqual(foldOrderingLedger([plain]).orderingLedger)
    expect(chunkHashesOf(fold, 's', 'toString')).toBeUndefined()
  })

  it('need an upsert when they come later, and go when the ordering changes', () => {
    expect(needsUpsert(foldOrderingLedger([plain]), chunked)).toBe(true)
    expect(needsUpsert(foldOrderingLedger([chunked]), plain)).toBe(false)
    expect(chunkHashesOf(foldOrderingLedger([chunked, plain]), 's', 'a')).toEqual(hasher.chunkHashes())
    expect(foldOrderingLedger([chunked, other]).chunkHashes).toEqual({})
  })
})

describe('unfolding', () => {
  for (const vector of [
    'build_state.1_seeds_only.json',
    'build_state.2_second_mode_overwrites_top_seeds.json',
    'build_state.3_full.json',
  ])
    it(`gives events that fold to ${vector}, byte for byte`, () => {
      const { orderingLedger } = readJsonVector<{ orderingLedger: OrderingLedger }>(vector)
      const { events, findings } = unfold(orderingLedger)
      expect(findings).toEqual([])
      expect(JSON.stringify(foldOrderingLedger(events).orderingLedger)).toBe(JSON.stringify(orderingLedger))
    })

  it('is undone by folding, from any fold, but for entries that are gone', () => {
    fc.assert(
      fc.property(history, history, (before, after) => {
        const target = foldOrderingLedger([...before, ...after]).orderingLedger
        const fold = foldOrderingLedger(before)
        const { events, findings } = unfold(target, fold)
        expect(foldOrderingLedger(events, fold).orderingLedger).toEqual(target)
        expect(findings).toEqual([])
        expect(unfold(target, foldOrderingLedger(events, fold)).events).toEqual([])
      }),
    )
  })

  it('says what no event can say', () => {
    const cases: { input: Partial<OrderingLedger>; want: readonly string[] }[] = [
      { input: { seeds: { discoveryHash: 'd', fileListHash: 'f', fileCount: 1, mode: null } }, want: ['/seeds'] },
      { input: { stages: { s: {}, t: { artifacts: {} } } }, want: ['/stages/s', '/stages/t'] },
      { input: { stages: { s: { seeds: { mode: 'code' } } } }, want: ['/stages/s/seeds'] },
      {
        input: { stages: { s: { artifacts: { a: { hash: null, rule: null, count: 1, mode: null } } } } },
        want: ['/stages/s/artifacts/a'],
      },
      {
        input: {
          stages: { s: { artifacts: { a: { hash: `sha1:${'0'.repeat(40)}`, rule: null, count: 1.5, mode: null } } } },
        },
        want: ['/stages/s/artifacts/a'],
      },
    ]
    for (const { input, want } of cases) {
      const { events, findings } = unfold({ ...emptyOrderingLedger, ...input })
      expect(events).toEqual([])
      expect(findings.map(({ code, severity, path }) => [code, severity, path])).toEqual(
        want.map((path) => ['entry-not-recordable', 'W', path]),
      )
    }
  })

  it('says what the fold has and the ledger no longer', () => {
    const { events, findings } = unfold(emptyOrderingLedger, { ...emptyFold, orderingLedger: exportedLedger })
    expect(events).toEqual([])
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['entry-removed', 'entry-not-recordable']))
    expect(findings.filter(({ code }) => code === 'entry-removed')).toHaveLength(10)
  })
})
