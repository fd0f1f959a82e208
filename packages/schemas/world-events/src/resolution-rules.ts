// What must hold inside one mechanical resolution beyond its shape (formats §2.5). The writer refuses a draft for it,
// the checker reports it; both ask here.
import { formatPointer } from '@ledgerd/canonical'
import type { Resolution } from './chat-mechanical-resolution.ts'

/** A broken rule, named as the finding and as `details.rule` of INVARIANT_VIOLATED. */
export interface Violation {
  readonly rule: 'snapshot-characters' | 'delta-axis-unknown' | 'axis-out-of-range' | 'ipc-hash-mismatch'
  /** RFC 6901 pointer into `data`. */
  readonly path: string
  readonly message: string
  readonly expected?: string
  readonly found?: string
}

/** Scores that differ by no more than this are the same score. */
export const scoreTolerance = 1e-9

const noViolations: readonly Violation[] = []

/** The rules that one resolution breaks by itself; its ipc_hash is checked apart, over the text. */
export function checkResolution(resolution: Resolution): readonly Violation[] {
  const { axis_snapshot_before: snapshot, speaker, listener } = resolution
  if (!hasExactly(snapshot, String(speaker.character_id), String(listener.character_id))) {
    const message = 'The snapshot must hold exactly the speaker and the listener.'
    return [{ rule: 'snapshot-characters', path: '/axis_snapshot_before', message }]
  }
  const violations: Violation[] = []
  checkParty('speaker', resolution, violations)
  checkParty('listener', resolution, violations)
  return violations.length === 0 ? noViolations : violations
}

function hasExactly(snapshot: Resolution['axis_snapshot_before'], speakerId: string, listenerId: string): boolean {
  for (const id in snapshot) if (id !== speakerId && id !== listenerId) return false
  return Object.hasOwn(snapshot, speakerId) && Object.hasOwn(snapshot, listenerId)
}

function checkParty(role: 'speaker' | 'listener', resolution: Resolution, violations: Violation[]): void {
  const { character_id: characterId, axis_deltas: deltas } = resolution[role]
  const before = resolution.axis_snapshot_before[String(characterId)] ?? {}
  for (const axis in before) {
    const score = before[axis] ?? 0
    if (!isScore(score)) violations.push(outOfRange(['axis_snapshot_before', String(characterId), axis], score))
  }
  for (const axis in deltas) {
    const score = Object.hasOwn(before, axis) ? before[axis] : undefined
    const after = (score ?? 0) + (deltas[axis] ?? 0)
    if (score === undefined) {
      const message = `The delta of "${axis}" has no axis in the snapshot.`
      violations.push({ rule: 'delta-axis-unknown', path: formatPointer([role, 'axis_deltas', axis]), message })
    } else if (!isScore(after)) {
      violations.push(outOfRange([role, 'axis_deltas', axis], after))
    }
  }
}

function isScore(score: number): boolean {
  return score >= -scoreTolerance && score <= 1 + scoreTolerance
}

function outOfRange(steps: readonly string[], score: number): Violation {
  const message = `"${steps.at(-1)}" is ${score}; scores lie between 0 and 1.`
  return { rule: 'axis-out-of-range', path: formatPointer(steps), message }
}
