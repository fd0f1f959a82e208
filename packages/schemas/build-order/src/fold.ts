// What a ledger of this family comes to: its events folded, the last one per key winning (formats §4.3).
import type { ChunkHashes } from './chunk-hashes.ts'
import type { ArtifactData, OrderingEvent, SeedsData } from './events.ts'
import { assertOrderingEvent, isOrderingType } from './ordering-event.ts'
import type { EventLike } from './ordering-event.ts'
import {
  artifactOf,
  changedSeeds,
  emptyOrderingLedger,
  isSameEntry,
  ownMember,
  schemaVersion,
} from './ordering-ledger.ts'
import type { ArtifactEntry, OrderingLedger, Seeds } from './ordering-ledger.ts'

/** A plain value: it can be stored as JSON and folded on from. Two appends of the same fold to the same. */
export interface OrderingFold {
  readonly orderingLedger: OrderingLedger
  /** By stage key and artifact; an artifact recorded without them has none. */
  readonly chunkHashes: Readonly<Record<string, Readonly<Record<string, ChunkHashes>>>>
}

export const emptyFold: OrderingFold = { orderingLedger: emptyOrderingLedger, chunkHashes: {} }

/**
 * Folds events in the order of the ledger, on from `fold`. Events of other types are passed over. Memory grows with the
 * number of stages and artifacts, not with events. Throws what admission would (SCHEMA_INVALID, INVARIANT_VIOLATED) for
 * an event that it would refuse: a fold over a wrong line would be wrong without saying so.
 */
export function foldOrderingLedger(events: Iterable<EventLike>, fold: OrderingFold = emptyFold): OrderingFold {
  const state = new FoldState(fold)
  for (const event of events) {
    if (!isOrderingType(event.type)) continue
    assertOrderingEvent(event)
    state.take(event)
  }
  return state.fold()
}

/** False if the event changes nothing of the fold, so that it need not be appended (formats §4.3). */
export function needsUpsert(fold: OrderingFold, event: OrderingEvent): boolean {
  const { orderingLedger } = fold
  if (event.type === 'seeds') {
    const known = ownMember(orderingLedger.stages, event.data.stageKey)?.seeds
    return (
      known === undefined || [known, orderingLedger.seeds].some((seeds) => changedSeeds(seeds, event.data).length > 0)
    )
  }
  const { stageKey, artifact, chunkHashes } = event.data
  const known = artifactOf(orderingLedger, stageKey, artifact)
  return known === undefined || !isSameEntry(known, event.data) || !isSameChunks(fold, stageKey, artifact, chunkHashes)
}

/** What was recorded for an artifact; undefined if nothing was. */
export function chunkHashesOf(
  fold: Pick<OrderingFold, 'chunkHashes'>,
  stageKey: string,
  artifact: string,
): ChunkHashes | undefined {
  return ownMember(ownMember(fold.chunkHashes, stageKey) ?? {}, artifact)
}

/** An event that brings no chunk hashes takes none away that are still right. */
function isSameChunks(
  fold: OrderingFold,
  stageKey: string,
  artifact: string,
  chunks: ChunkHashes | undefined,
): boolean {
  if (chunks === undefined) return true
  const known = chunkHashesOf(fold, stageKey, artifact)
  return known?.chunkLines === chunks.chunkLines && known.hashes.join() === chunks.hashes.join()
}

interface StageState {
  seeds: Seeds | undefined
  artifacts: Map<string, ArtifactEntry> | undefined
}

/** Maps while folding, so that an event costs the same however many stages there are. */
class FoldState {
  #seeds: Partial<Seeds>
  readonly #stages = new Map<string, StageState>()
  readonly #chunks = new Map<string, Map<string, ChunkHashes>>()

  constructor({ orderingLedger, chunkHashes }: OrderingFold) {
    this.#seeds = orderingLedger.seeds
    for (const [stageKey, { seeds, artifacts }] of Object.entries(orderingLedger.stages))
      this.#stages.set(stageKey, {
        seeds: seeds as Seeds | undefined,
        artifacts: artifacts === undefined ? undefined : new Map(Object.entries(artifacts)),
      })
    for (const [stageKey, ofStage] of Object.entries(chunkHashes))
      this.#chunks.set(stageKey, new Map(Object.entries(ofStage)))
  }

  take(event: OrderingEvent): void {
    if (event.type === 'seeds') this.#takeSeeds(event.data)
    else this.#takeArtifact(event.data)
  }

  fold(): OrderingFold {
    const stages = [...this.#stages].map(([stageKey, { seeds, artifacts }]) => [
      stageKey,
      {
        ...(seeds === undefined ? {} : { seeds }),
        ...(artifacts === undefined ? {} : { artifacts: Object.fromEntries(artifacts) }),
      },
    ])
    const chunks = [...this.#chunks].map(([stageKey, ofStage]) => [stageKey, Object.fromEntries(ofStage)])
    return {
      orderingLedger: { schemaVersion, seeds: this.#seeds, stages: Object.fromEntries(stages) },
      chunkHashes: Object.fromEntries(chunks),
    }
  }

  #takeSeeds({ stageKey, discoveryHash, fileListHash, fileCount, mode }: SeedsData): void {
    this.#seeds = { discoveryHash, fileListHash, fileCount, mode }
    this.#stage(stageKey).seeds = { discoveryHash, fileListHash, fileCount, mode }
  }

  #takeArtifact({ stageKey, artifact, hash, rule, count, mode, chunkHashes }: ArtifactData): void {
    const stage = this.#stage(stageKey)
    stage.artifacts ??= new Map()
    const known = stage.artifacts.get(artifact)
    const entry = { hash, rule, count, mode }
    stage.artifacts.set(artifact, entry)
    const chunks = this.#chunks.get(stageKey) ?? new Map<string, ChunkHashes>()
    if (chunkHashes !== undefined) chunks.set(artifact, pickChunks(chunkHashes))
    else if (known === undefined || known.hash !== hash || known.count !== count) chunks.delete(artifact)
    if (chunks.size > 0) this.#chunks.set(stageKey, chunks)
    else this.#chunks.delete(stageKey)
  }

  #stage(stageKey: string): StageState {
    const known = this.#stages.get(stageKey)
    if (known !== undefined) return known
    const fresh: StageState = { seeds: undefined, artifacts: undefined }
    this.#stages.set(stageKey, fresh)
    return fresh
  }
}

function pickChunks({ chunkLines, hashes }: ChunkHashes): ChunkHashes {
  return { chunkLines, hashes: [...hashes] }
}
