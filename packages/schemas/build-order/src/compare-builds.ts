// What became different between two builds, and what of their seeds explains it. Pure.
import { firstDifference } from './chunk-hashes.ts'
import type { LineRange } from './chunk-hashes.ts'
import { chunkHashesOf } from './fold.ts'
import type { OrderingFold } from './fold.ts'
import { hashFault } from './ordering-hash.ts'
import { artifactOf, changedSeeds, isSameEntry, ownMember } from './ordering-ledger.ts'
import type { ArtifactEntry, OrderingLedger, Seeds } from './ordering-ledger.ts'
import { parseStageKey } from './stage-key.ts'

/** A build: the fold of its ledger, or only the ordering ledger of its build state. */
export interface BuildRecord {
  readonly orderingLedger: OrderingLedger
  readonly chunkHashes?: OrderingFold['chunkHashes']
}

export interface SeedChange {
  /** The stage key under which the seeds were recorded. */
  readonly stage: string
  readonly seed: keyof Seeds
  /** Undefined where the build did not record it. */
  readonly before: string | number | null | undefined
  readonly after: string | number | null | undefined
}

export type DriftKind = 'added' | 'removed' | 'changed' | 'relabelled'

export interface ArtifactDrift {
  /** `changed`: hash or count differ, be it by order, by content or by both. `relabelled`: only rule or mode do. */
  readonly kind: DriftKind
  readonly stage: string
  readonly mode: string | null
  readonly artifact: string
  /** Undefined on the side that does not have the artifact. */
  readonly before: ArtifactEntry | undefined
  readonly after: ArtifactEntry | undefined
  /** Lines among which the first difference is; `unknown` if a build recorded no chunk hashes for it. */
  readonly firstDifference: LineRange | 'unknown' | undefined
  /** The seeds that changed for this stage, or for another stage of its mode: what may explain the drift. */
  readonly seeds: readonly SeedChange[]
}

export interface BuildComparison {
  readonly isSame: boolean
  readonly seeds: readonly SeedChange[]
  readonly artifacts: readonly ArtifactDrift[]
}

/** Every stage and artifact of either build, in the order of the first, then what only the second has. */
export function compareBuilds(before: BuildRecord, after: BuildRecord): BuildComparison {
  const stages = bothKeys(before.orderingLedger.stages, after.orderingLedger.stages)
  const seeds = stages.flatMap((stage) => seedChanges(stage, before.orderingLedger, after.orderingLedger))
  const artifacts = stages.flatMap((stage) =>
    bothKeys(
      ownMember(before.orderingLedger.stages, stage)?.artifacts ?? {},
      ownMember(after.orderingLedger.stages, stage)?.artifacts ?? {},
    ).flatMap((artifact) => compareArtifact(stage, artifact, before, after, seeds)),
  )
  return { isSame: seeds.length === 0 && artifacts.length === 0, seeds, artifacts }
}

function seedChanges(stage: string, before: OrderingLedger, after: OrderingLedger): readonly SeedChange[] {
  const one = ownMember(before.stages, stage)?.seeds ?? {}
  const other = ownMember(after.stages, stage)?.seeds ?? {}
  return changedSeeds(one, other).map((seed) => ({ stage, seed, before: one[seed], after: other[seed] }))
}

function compareArtifact(
  stage: string,
  artifact: string,
  before: BuildRecord,
  after: BuildRecord,
  seeds: readonly SeedChange[],
): readonly ArtifactDrift[] {
  const one = artifactOf(before.orderingLedger, stage, artifact)
  const other = artifactOf(after.orderingLedger, stage, artifact)
  if (one !== undefined && other !== undefined && isSameEntry(one, other)) return []
  const kind = kindOf(one, other)
  const mode = other?.mode ?? one?.mode ?? parseStageKey(stage)?.mode ?? null
  const difference = kind === 'changed' ? differenceOf(stage, artifact, before, after) : undefined
  const related = seeds.filter((change) => change.stage === stage || isOfMode(change.stage, mode))
  return [{ kind, stage, mode, artifact, before: one, after: other, firstDifference: difference, seeds: related }]
}

function kindOf(before: ArtifactEntry | undefined, after: ArtifactEntry | undefined): DriftKind {
  if (before === undefined) return 'added'
  if (after === undefined) return 'removed'
  return before.hash === after.hash && before.count === after.count ? 'relabelled' : 'changed'
}

function differenceOf(stage: string, artifact: string, before: BuildRecord, after: BuildRecord): LineRange | 'unknown' {
  const [one, other] = [before, after].map((build) => {
    const entry = artifactOf(build.orderingLedger, stage, artifact)
    const { hash = null, count = null } = entry ?? {}
    if (hash === null || hashFault(hash) !== undefined) return undefined
    return { hash, count, chunkHashes: chunkHashesOf({ chunkHashes: build.chunkHashes ?? {} }, stage, artifact) }
  })
  if (one === undefined || other === undefined || one.hash === other.hash) return 'unknown'
  return firstDifference(one, other) ?? 'unknown'
}

function isOfMode(stageKey: string, mode: string | null): boolean {
  return mode !== null && parseStageKey(stageKey)?.mode === mode
}

function bothKeys(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): readonly string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
}
