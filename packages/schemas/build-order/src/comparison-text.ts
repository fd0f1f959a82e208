// The comparison of two builds as text for people and build logs.
import type { ArtifactDrift, BuildComparison, SeedChange } from './compare-builds.ts'
import type { ArtifactEntry } from './ordering-ledger.ts'

/** One line for each seed and each artifact that changed, with what explains it below. Ends without a line feed. */
export function formatComparison({ isSame, seeds, artifacts }: BuildComparison): string {
  if (isSame) return 'same orderings, same seeds'
  return [...seeds.map(formatSeed), ...artifacts.flatMap(formatDrift)].join('\n')
}

function formatSeed({ stage, seed, before, after }: SeedChange): string {
  return `seed ${seed} of ${formatValue(stage)}: ${formatValue(before)} -> ${formatValue(after)}`
}

function formatDrift(drift: ArtifactDrift): readonly string[] {
  const { kind, stage, mode, artifact, before, after, seeds } = drift
  const causes = [...new Set(seeds.map(({ seed, stage: source }) => `${seed} of ${formatValue(source)}`))]
  return [
    `${kind} ${formatValue(artifact)} of ${formatValue(stage)} (mode ${formatValue(mode)}, rule ${formatChange(before, after, 'rule')})`,
    `  hash ${formatChange(before, after, 'hash')}, lines ${formatChange(before, after, 'count')}`,
    ...(drift.firstDifference === undefined ? [] : [`  ${formatDifference(drift.firstDifference)}`]),
    `  seeds changed: ${causes.length === 0 ? 'none' : causes.join(', ')}`,
  ]
}

function formatDifference(difference: NonNullable<ArtifactDrift['firstDifference']>): string {
  if (difference === 'unknown') return 'first difference: unknown, no chunk hashes were recorded for both builds'
  const { firstLine, lastLine } = difference
  return firstLine === lastLine
    ? `first difference: line ${firstLine}`
    : `first difference: within lines ${firstLine} to ${lastLine}`
}

function formatChange(
  before: ArtifactEntry | undefined,
  after: ArtifactEntry | undefined,
  member: 'hash' | 'rule' | 'count',
): string {
  const [one, other] = [formatValue(before?.[member]), formatValue(after?.[member])]
  return one === other ? one : `${one} -> ${other}`
}

/** Texts of one word stand for themselves; others are quoted, so that a name cannot break the line. */
function formatValue(value: string | number | null | undefined): string {
  if (value === undefined) return '(none)'
  return typeof value === 'string' && !/^[\w:.,-]+$/.test(value) ? JSON.stringify(value) : String(value)
}
