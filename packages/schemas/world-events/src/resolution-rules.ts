// What must hold inside one mechanical resolution beyond its shape (formats §2.5). The writer refuses a draft for it,
// the checker reports it; both ask here.
import { formatPointer } from '@ledgerd/canonical'
import { speaker } from './resolution-text.ts'
import type { AxisEntry, ResolutionText } from './resolution-text.ts'

/** A broken rule, named as the finding and as `details.rule` of INVARIANT_VIOLATED. */
export interface Violation {
  readonly rule: 'snapshot-characters' | 'delta-axis-unknown' | 'axis-out-of-range'
  /** RFC 6901 pointer into `data`. */
  readonly path: string
  readonly message: string
}

/** Scores that differ by no more than this are the same score. */
export const scoreTolerance = 1e-9

/** Named per resolution; the rest would say nothing new. */
const violationsMax = 16

const noViolations: readonly Violation[] = []

/** The rules that one resolution breaks by itself; its ipc_hash is checked apart. */
export function checkResolution(resolution: ResolutionText): readonly Violation[] {
  if (!resolution.hasExactCharacters) {
    const message = 'The snapshot must hold exactly the speaker and the listener.'
    return [{ rule: 'snapshot-characters', path: '/axis_snapshot_before', message }]
  }
  let violations = noViolations
  for (const { role, name } of resolution.strayDeltas) {
    const axis = JSON.parse(name) as string
    const path = formatPointer([roleName(role), 'axis_deltas', axis])
    const message = `The delta of "${axis}" has no axis in the snapshot.`
    violations = [...violations, { rule: 'delta-axis-unknown', path, message }]
  }
  for (let i = 0; i < resolution.entryCount && violations.length < violationsMax; i++) {
    const entry = resolution.entries[i]
    if (entry === undefined || (isScore(entry.before) && isScore(entry.before + entry.delta))) continue
    violations = [...violations, outOfRange(resolution, entry)]
  }
  return violations
}

function isScore(score: number): boolean {
  return score >= -scoreTolerance && score <= 1 + scoreTolerance
}

function outOfRange(resolution: ResolutionText, entry: AxisEntry): Violation {
  const axis = JSON.parse(`"${resolution.textOf(entry.nameStart, entry.nameEnd)}"`) as string
  const characterId = resolution.textOf(resolution.characterIdAt[entry.role] ?? -1)
  const isBefore = !isScore(entry.before)
  const steps = isBefore ? ['axis_snapshot_before', characterId] : [roleName(entry.role), 'axis_deltas']
  const score = isBefore ? entry.before : entry.before + entry.delta
  return {
    rule: 'axis-out-of-range',
    path: formatPointer([...steps, axis]),
    message: `"${axis}" ${isBefore ? 'is' : 'would become'} ${score}; scores lie between 0 and 1.`,
  }
}

function roleName(role: number): string {
  return role === speaker ? 'speaker' : 'listener'
}
