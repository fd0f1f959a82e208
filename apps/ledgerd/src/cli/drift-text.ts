// The comparison of two builds, as a document and for people. The text names the first artifact that differs before all
// the others, because what differs first in a pipeline explains the rest.
import {
  type ArtifactDrift,
  type ArtifactEntry,
  type BuildComparison,
  formatComparison,
  type LineRange,
  type SeedChange,
} from '@ledgerd/schema-build-order'
import { neutralize } from './neutralize.ts'

export interface DriftReport {
  readonly kind: 'drift-report'
  readonly v: 1
  readonly before: string
  readonly after: string
  readonly isStrict: boolean
  /** Whether the exit code is 0: seeds, rules and modes count only when strict. */
  readonly isSame: boolean
  /** The first artifact whose ordering differs, else the first with another rule or mode. */
  readonly first: DriftItem | null
  readonly seeds: readonly SeedItem[]
  readonly artifacts: readonly DriftItem[]
}

/** A side that does not have the artifact, and a seed that was not recorded, are null. */
export interface DriftItem {
  readonly drift: ArtifactDrift['kind']
  readonly stage: string
  readonly mode: string | null
  readonly artifact: string
  readonly before: ArtifactEntry | null
  readonly after: ArtifactEntry | null
  /** `unknown` when one of the builds recorded no chunk hashes; null when it is not the lines that differ. */
  readonly firstDifference: LineRange | 'unknown' | null
  readonly seeds: readonly SeedItem[]
}

export interface SeedItem {
  readonly stage: string
  readonly seed: string
  readonly before: string | number | null
  readonly after: string | number | null
}

export interface DriftFacts extends Pick<DriftReport, 'before' | 'after' | 'isStrict' | 'isSame'> {
  readonly comparison: BuildComparison
}

/** The document. */
export function driftReport({ comparison, ...facts }: DriftFacts): DriftReport {
  const first = firstOf(comparison)
  return {
    kind: 'drift-report',
    v: 1,
    ...facts,
    first: first === undefined ? null : driftItem(first),
    seeds: comparison.seeds.map(seedItem),
    artifacts: comparison.artifacts.map(driftItem),
  }
}

/** The same for people: a verdict, the first difference, then whatever else there is. */
export function formatDrift(report: DriftReport, comparison: BuildComparison): string {
  const { before, after, isSame, isStrict } = report
  const verdict = isSame ? 'same orderings' : 'drift'
  const head = `${neutralize(before)} -> ${neutralize(after)}   ${verdict}`
  if (comparison.isSame) return `${head}, same seeds\n`
  const first = firstOf(comparison)
  const rest = {
    ...comparison,
    seeds: first === undefined ? comparison.seeds : comparison.seeds.filter((seed) => !first.seeds.includes(seed)),
    artifacts: comparison.artifacts.filter((one) => one !== first),
  }
  const out = [head]
  if (first !== undefined) out.push('first', ...partOf({ isSame: false, seeds: first.seeds, artifacts: [first] }))
  if (rest.seeds.length + rest.artifacts.length > 0) out.push(first === undefined ? 'seeds' : 'also', ...partOf(rest))
  if (isSame && !isStrict) out.push('no ordering differs; --strict counts seeds, rules and modes too')
  return `${out.join('\n')}\n`
}

function firstOf({ artifacts }: BuildComparison): ArtifactDrift | undefined {
  return artifacts.find(({ kind }) => kind !== 'relabelled') ?? artifacts[0]
}

function partOf(comparison: BuildComparison): string[] {
  return formatComparison(comparison)
    .split('\n')
    .map((line) => `  ${neutralize(line)}`)
}

function driftItem({ kind, before, after, firstDifference, seeds, ...place }: ArtifactDrift): DriftItem {
  return {
    drift: kind,
    ...place,
    before: before ?? null,
    after: after ?? null,
    firstDifference: firstDifference ?? null,
    seeds: seeds.map(seedItem),
  }
}

function seedItem({ stage, seed, before, after }: SeedChange): SeedItem {
  return { stage, seed, before: before ?? null, after: after ?? null }
}
