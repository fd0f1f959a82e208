// Gates: what was asked to be approved, and who decided. A decision names the very outcome of its gate, comes once per
// actor, and not after the gate has expired (formats §6.7).
import type { Breach } from '@ledgerd/schema'
import { parseCreatedAt } from './created-at.ts'
import { FingerprintTable } from './fingerprint-table.ts'
import type { Undo } from './fingerprint-table.ts'
import { fingerprint } from './fingerprint.ts'
import { gateStates, nextGateState } from './gate-state.ts'
import type { GateState } from './gate-state.ts'
import { breach, nothingToUndo, undoAll } from './record-facts.ts'
import type { Invariant, RecordFacts } from './record-facts.ts'

interface Gate {
  readonly outcome: readonly [number, number]
  readonly state: GateState
  /** Unix milliseconds; Infinity if it never expires. */
  readonly expiresAtMs: number
}

const wordSize = 2 ** 32

export class Gates implements Invariant {
  /** Per gate: two words of its outcome, state, and when it expires, in two words (both 0: never). */
  readonly #gates: FingerprintTable = new FingerprintTable(5)
  /** Per (gate, actor): 1 approved, 2 rejected. */
  readonly #decisions: FingerprintTable = new FingerprintTable(1)
  /** Outcomes, and workflows, in which something was approved. */
  readonly #approved: FingerprintTable = new FingerprintTable(0)

  get bytes(): number {
    return this.#gates.bytes + this.#decisions.bytes + this.#approved.bytes
  }

  isApproved(facts: RecordFacts, outcomeId: string): boolean {
    return this.#approved.has(facts.key('approved', outcomeId))
  }

  hasApprovalIn(facts: RecordFacts, workflowId: string): boolean {
    return this.#approved.has(facts.key('approved-in', workflowId))
  }

  judge(facts: RecordFacts): readonly Breach[] {
    const { eventType } = facts
    const gateId = facts.text('payload', 'gate_id')
    if (gateId === undefined) return []
    const gate = this.#gateOf(facts, gateId)
    if (eventType === 'GATE_REQUESTED') return this.#judgeRequest(facts, gate)
    const decision = decisionOf(eventType)
    return decision === undefined ? [] : this.#judgeDecision(facts, gateId, gate, decision)
  }

  take(facts: RecordFacts): Undo {
    const { eventType } = facts
    const gateId = facts.text('payload', 'gate_id')
    if (gateId === undefined) return nothingToUndo
    const key = facts.key('gate', gateId)
    const gate = this.#gateOf(facts, gateId)
    if (eventType === 'GATE_REQUESTED') {
      const expiresAt = facts.text('payload', 'expires_at')
      const expiresAtMs = (expiresAt === undefined ? undefined : parseCreatedAt(expiresAt)) ?? Number.POSITIVE_INFINITY
      const requested: Gate = { outcome: outcomeOf(facts), state: 'requested', expiresAtMs }
      return gate === undefined ? this.#gates.put(key, wordsOf(requested)) : nothingToUndo
    }
    if (gate === undefined) return nothingToUndo
    if (eventType === 'GATE_EXPIRED') return this.#gates.put(key, wordsOf({ ...gate, state: 'expired' }))
    const decision = decisionOf(eventType)
    if (decision === undefined || this.#judgeDecision(facts, gateId, gate, decision).length > 0) return nothingToUndo
    return this.#takeDecision(facts, gateId, gate, decision)
  }

  #takeDecision(facts: RecordFacts, gateId: string, gate: Gate, decision: 'approved' | 'rejected'): Undo {
    const undos = [
      this.#gates.put(facts.key('gate', gateId), wordsOf({ ...gate, state: nextGateState(gate.state, decision) })),
      this.#decisions.put(decisionKey(facts, gateId), [decision === 'approved' ? 1 : 2]),
    ]
    const outcomeId = facts.text('payload', 'outcome_id')
    const workflowId = facts.text('trace', 'workflow_id')
    if (decision === 'approved' && outcomeId !== undefined)
      undos.push(this.#approved.put(facts.key('approved', outcomeId), []))
    if (decision === 'approved' && workflowId !== undefined)
      undos.push(this.#approved.put(facts.key('approved-in', workflowId), []))
    return undoAll(undos)
  }

  #judgeRequest(facts: RecordFacts, gate: Gate | undefined): readonly Breach[] {
    if (gate === undefined || isSameOutcome(gate.outcome, outcomeOf(facts))) return []
    return [
      breach('gate-reused', '/payload/gate_id', 'The gate was asked for another outcome; an edit takes a new gate.'),
    ]
  }

  #judgeDecision(
    facts: RecordFacts,
    gateId: string,
    gate: Gate | undefined,
    decision: 'approved' | 'rejected',
  ): readonly Breach[] {
    const path = '/payload/outcome_id'
    if (gate === undefined) return [breach('approval-mismatch', '/payload/gate_id', 'No such gate was requested.')]
    if (!isSameOutcome(gate.outcome, outcomeOf(facts)))
      return [breach('approval-mismatch', path, 'The decision is about another outcome than its gate.')]
    const [before] = this.#decisions.get(decisionKey(facts, gateId)) ?? []
    if (before === (decision === 'approved' ? 1 : 2)) return []
    if (before !== undefined)
      return [breach('second-decision', '/payload/actor_id', 'The actor has decided otherwise on this gate.')]
    const decidedAtMs = parseCreatedAt(facts.text('created_at') ?? '') ?? Number.NEGATIVE_INFINITY
    if (gate.state === 'expired' || decidedAtMs >= gate.expiresAtMs)
      return [breach('gate-expired', '/payload/gate_id', 'The gate has expired before this decision.')]
    return []
  }

  #gateOf(facts: RecordFacts, gateId: string): Gate | undefined {
    const words = this.#gates.get(facts.key('gate', gateId))
    if (words === undefined) return undefined
    const [first = 0, second = 0, state = 0, high = 0, low = 0] = words
    const expiresAtMs = high * wordSize + low
    return {
      outcome: [first, second],
      state: gateStates[state] ?? 'requested',
      expiresAtMs: expiresAtMs === 0 ? Number.POSITIVE_INFINITY : expiresAtMs,
    }
  }
}

function wordsOf({ outcome, state, expiresAtMs }: Gate): readonly number[] {
  const finite = Number.isFinite(expiresAtMs) ? Math.max(1, expiresAtMs) : 0
  return [...outcome, gateStates.indexOf(state), Math.floor(finite / wordSize), finite % wordSize]
}

function decisionOf(eventType: string | undefined): 'approved' | 'rejected' | undefined {
  if (eventType === 'USER_APPROVED') return 'approved'
  return eventType === 'USER_REJECTED' ? 'rejected' : undefined
}

function decisionKey(facts: RecordFacts, gateId: string): ReturnType<RecordFacts['key']> {
  return facts.key('decision', gateId, facts.id('payload', 'actor_id') ?? '')
}

function outcomeOf(facts: RecordFacts): readonly [number, number] {
  const [first = 0, second = 0] = fingerprint([facts.text('payload', 'outcome_id') ?? ''])
  return [first, second]
}

function isSameOutcome(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] === b[0] && a[1] === b[1]
}
