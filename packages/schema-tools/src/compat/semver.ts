// How far a version went, and whether that is far enough. Below 1.0.0 a minor step stands for a major one and a patch
// for a minor one, as caret ranges read it.
import type { Bump } from './change.ts'

export type Step = 'none' | 'patch' | 'minor' | 'major'

const ranks: readonly Step[] = ['none', 'patch', 'minor', 'major']

/** The step from one version to a later one; `none` if it is not later or no version. */
export function stepBetween(old: string, next: string): Step {
  const before = parse(old)
  const after = parse(next)
  if (before === undefined || after === undefined) return 'none'
  const index = before.findIndex((part, at) => part !== after[at])
  if (index === -1 || (after[index] ?? 0) < (before[index] ?? 0)) return 'none'
  const step = (['major', 'minor', 'patch'] as const)[index] ?? 'none'
  if (before[0] !== 0 || step === 'major') return step
  return step === 'minor' ? 'major' : 'minor'
}

/** The larger of what the changes ask for; `family` and `forbidden` are no steps and are judged by their own rules. */
export function requiredStep(bumps: readonly Bump[]): Step {
  const steps = bumps.map((bump) => ranks.indexOf(bump as Step))
  return ranks[Math.max(0, ...steps)] ?? 'none'
}

export function isFarEnough(step: Step, required: Step): boolean {
  return ranks.indexOf(step) >= ranks.indexOf(required)
}

function parse(version: string): readonly number[] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(version)
  return match?.slice(1, 4).map(Number)
}
