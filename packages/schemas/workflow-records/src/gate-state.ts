// The states of a gate, and what moves one into another (formats §6.7). A rejection stands whatever else is said; an
// expired gate decides nothing.
export const gateStates = ['requested', 'approved', 'rejected', 'expired'] as const

export type GateState = (typeof gateStates)[number]

/** The words the original code uses for the same states. */
export const gateStateAliases: Readonly<Record<string, GateState>> = {
  waiting: 'requested',
  accepted: 'approved',
  declined: 'rejected',
}

/** The state after a decision. */
export function nextGateState(state: GateState, decision: 'approved' | 'rejected' | 'expired'): GateState {
  if (state === 'requested') return decision
  return state === 'approved' && decision === 'rejected' ? 'rejected' : state
}

export interface GateAtTime {
  readonly state: GateState
  /** Unix milliseconds; undefined if it never expires. */
  readonly expiresAtMs?: number | undefined
}

/** The state as of a time: a gate nobody decided on expires on its own, whether an event says so or not. */
export function gateStateAt({ state, expiresAtMs }: GateAtTime, timeMs: number): GateState {
  return state === 'requested' && expiresAtMs !== undefined && timeMs >= expiresAtMs ? 'expired' : state
}
