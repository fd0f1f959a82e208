// What a policy engine answers, which answer wins when several do, and the event that records it: hashes of the inputs,
// never the inputs (formats §6.7).

export const policyStages = ['intake', 'plan', 'action', 'outcome', 'apply'] as const
export type PolicyStage = (typeof policyStages)[number]

/** From the weakest to the strongest. Only that DENY wins is given; the rest goes by how much is withheld. */
export const policyDecisions = ['ALLOW', 'TRANSFORM', 'ALLOW_WITH_REDACTION', 'REQUIRE_APPROVAL', 'DENY'] as const
export type PolicyDecision = (typeof policyDecisions)[number]

/** The decision that holds when several rules decided; undefined if none did. DENY wins. */
export function strongestDecision(decisions: Iterable<PolicyDecision>): PolicyDecision | undefined {
  let strongest = -1
  for (const decision of decisions) strongest = Math.max(strongest, policyDecisions.indexOf(decision))
  return policyDecisions[strongest]
}

export interface PolicyDecisionFacts {
  readonly stage: PolicyStage
  readonly decision: PolicyDecision
  /** SHA-256 over what was looked at, `sha256:` and 64 hex digits. */
  readonly inputsHash: string
  readonly engineVersion: string
  readonly reasonCodes?: readonly string[]
}

/** The payload of the POLICY_DECISION event. */
export interface PolicyPayload {
  readonly stage: PolicyStage
  readonly decision: PolicyDecision
  readonly inputs_hash: string
  readonly engine_version: string
  readonly reason_codes: readonly string[]
}

export function policyPayload(facts: PolicyDecisionFacts): PolicyPayload {
  const { stage, decision, inputsHash, engineVersion, reasonCodes = [] } = facts
  return { stage, decision, inputs_hash: inputsHash, engine_version: engineVersion, reason_codes: reasonCodes }
}
