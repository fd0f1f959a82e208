// The shape of `orderingLedger`, the member of build_state.json that holds what a build knows of its orderings
// (formats §4.1). Values are never changed in place.

/** What explains an ordering. */
export interface Seeds {
  readonly discoveryHash: string | null
  readonly fileListHash: string | null
  readonly fileCount: number | null
  readonly mode: string | null
}

export interface ArtifactEntry {
  /** `sha1:` and 40 lower-case hex digits in what we write; null or another algorithm in what is read. */
  readonly hash: string | null
  /** Who ordered the lines: attribution that is never parsed or compared. */
  readonly rule: string | null
  /** Lines. */
  readonly count: number | null
  readonly mode: string | null
}

export interface StageEntry {
  readonly seeds?: Partial<Seeds>
  /** By artifact. Entries that hold only seeds have none. */
  readonly artifacts?: Readonly<Record<string, ArtifactEntry>>
}

export interface OrderingLedger {
  readonly schemaVersion: number
  /** Of the mode written last; a stage's own seeds come first for readers (`seedsOf`). */
  readonly seeds: Partial<Seeds>
  /** By stage key. */
  readonly stages: Readonly<Record<string, StageEntry>>
}

/** The version we write. A newer one is read, and never written. */
export const schemaVersion = 1

export const emptyOrderingLedger: OrderingLedger = { schemaVersion, seeds: {}, stages: {} }

/** The seeds behind a stage entry: its own, else the ones of the ledger (formats §4.3). */
export function seedsOf(ledger: OrderingLedger, stageKey: string): Partial<Seeds> {
  return ownMember(ledger.stages, stageKey)?.seeds ?? ledger.seeds
}

/** The entry of an artifact; undefined if there is none. */
export function artifactOf(ledger: OrderingLedger, stageKey: string, artifact: string): ArtifactEntry | undefined {
  return ownMember(ownMember(ledger.stages, stageKey)?.artifacts ?? {}, artifact)
}

/** Names come from files: one like `toString` must not find what every object has. */
export function ownMember<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

const seedNames = ['discoveryHash', 'fileListHash', 'fileCount', 'mode'] as const

/** The four seeds that differ; a seed that is missing differs from null. */
export function changedSeeds(before: Partial<Seeds>, after: Partial<Seeds>): readonly (keyof Seeds)[] {
  return seedNames.filter((name) => before[name] !== after[name])
}

/** True if all four are there, as our writer demands. */
export function isComplete(seeds: Partial<Seeds>): seeds is Seeds {
  return seedNames.every((name) => seeds[name] !== undefined)
}

/** True if all four fields are the same; such an upsert is not written again (formats §4.3). */
export function isSameEntry(one: ArtifactEntry, other: ArtifactEntry): boolean {
  const { hash, rule, count, mode } = other
  return one.hash === hash && one.rule === rule && one.count === count && one.mode === mode
}
