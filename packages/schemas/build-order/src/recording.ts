// The two upserts on an `orderingLedger`. Both give back a new value, or the same one if nothing changes (formats §4.3).
import { LedgerError } from '@ledgerd/schema'
import { assertOrderingEvent } from './ordering-event.ts'
import { artifactOf, changedSeeds, isSameEntry, ownMember, schemaVersion } from './ordering-ledger.ts'
import type { ArtifactEntry, OrderingLedger, Seeds, StageEntry } from './ordering-ledger.ts'

/** An artifact entry as we record it: an entry without a hash is no entry. */
export type RecordedArtifact = ArtifactEntry & { readonly hash: string }

/**
 * Writes all four seeds to the stage and to the top level, nulls included. Throws SCHEMA_INVALID for a stage or seed
 * that is missing, INVARIANT_VIOLATED (`details.rule` is `schema-version-newer`) for a ledger of a newer version.
 */
export function mergeSeeds(ledger: OrderingLedger, stageKey: string, seeds: Seeds): OrderingLedger {
  assertWritable(ledger)
  const event = { type: 'seeds', data: { ...seeds, stageKey } } as const
  assertOrderingEvent(event)
  const { discoveryHash, fileListHash, fileCount, mode } = event.data
  const four = { discoveryHash, fileListHash, fileCount, mode }
  const entry = ownMember(ledger.stages, stageKey)
  const isKnown = entry?.seeds !== undefined && changedSeeds(entry.seeds, four).length === 0
  if (isKnown && changedSeeds(ledger.seeds, four).length === 0) return ledger
  return withStage({ ...ledger, seeds: four }, stageKey, { ...entry, seeds: four })
}

/**
 * Replaces the whole entry of an artifact. Throws SCHEMA_INVALID for a stage, artifact, hash or other field that is
 * missing or of the wrong kind, INVARIANT_VIOLATED with `details.rule` `hash-format` or `schema-version-newer`.
 */
export function upsertArtifact(
  ledger: OrderingLedger,
  stageKey: string,
  artifact: string,
  entry: RecordedArtifact,
): OrderingLedger {
  assertWritable(ledger)
  const { hash, rule, count, mode } = entry
  assertOrderingEvent({ type: 'artifact', data: { stageKey, artifact, hash, rule, count, mode } })
  const known = artifactOf(ledger, stageKey, artifact)
  if (known !== undefined && isSameEntry(known, entry)) return ledger
  const stage = ownMember(ledger.stages, stageKey)
  const artifacts = { ...stage?.artifacts, [artifact]: { hash, rule, count, mode } }
  return withStage(ledger, stageKey, { ...stage, artifacts })
}

/**
 * Refuses what the two upserts would refuse in any entry of `after` that is not in `before`, so that a writer who brings
 * a whole ledger is held to the same, and what others wrote before is no obstacle.
 */
export function assertRecordable(before: OrderingLedger, after: OrderingLedger): void {
  assertWritable(after)
  for (const [stageKey, { seeds, artifacts = {} }] of Object.entries(after.stages)) {
    const known = ownMember(before.stages, stageKey)
    if (seeds !== undefined && changedSeeds(known?.seeds ?? {}, seeds).length > 0)
      assertOrderingEvent({ type: 'seeds', data: { ...seeds, stageKey } })
    for (const [artifact, entry] of Object.entries(artifacts)) {
      const recorded = artifactOf(before, stageKey, artifact)
      if (recorded === undefined || !isSameEntry(recorded, entry))
        assertOrderingEvent({ type: 'artifact', data: { ...entry, stageKey, artifact } })
    }
  }
}

/** Throws INVARIANT_VIOLATED: a ledger of a newer version is read, and never written over. */
export function assertWritable({ schemaVersion: found }: OrderingLedger): void {
  if (found <= schemaVersion) return
  const sentence = `The ordering ledger has version ${found}; this package writes ${schemaVersion}. Use a newer one.`
  throw new LedgerError('INVARIANT_VIOLATED', sentence, {
    details: { rule: 'schema-version-newer', path: '/schemaVersion', found, expected: schemaVersion },
  })
}

function withStage(ledger: OrderingLedger, stageKey: string, entry: StageEntry): OrderingLedger {
  return { ...ledger, stages: { ...ledger.stages, [stageKey]: entry } }
}
