// Gates, policies, reruns and twins: small tables of decisions.
import { describe, expect, it } from 'vitest'
import { documentTwinKey } from './document-twins.ts'
import { gateStateAt, nextGateState } from './gate-state.ts'
import type { GateState } from './gate-state.ts'
import { policyDecisions, policyPayload, strongestDecision } from './policy.ts'
import { rerunKey, rerunLineage } from './rerun.ts'
import type { Rerun } from './rerun.ts'

describe('gates', () => {
  const steps = [
    'requested approved approved',
    'requested rejected rejected',
    'requested expired expired',
    'approved approved approved',
    'approved rejected rejected',
    'approved expired approved',
    'rejected approved rejected',
    'expired approved expired',
  ]
  for (const step of steps)
    it(step, () => {
      const [state, decision, want] = step.split(' ')
      expect(nextGateState(state as GateState, decision as 'approved' | 'rejected' | 'expired')).toBe(want)
    })

  it('expire on their own, unless decided', () => {
    const states = [99, 100].map((timeMs) => gateStateAt({ state: 'requested', expiresAtMs: 100 }, timeMs))
    expect(states).toEqual(['requested', 'expired'])
    expect(gateStateAt({ state: 'approved', expiresAtMs: 100 }, 200)).toBe('approved')
    expect(gateStateAt({ state: 'requested' }, 200)).toBe('requested')
  })
})

describe('policies', () => {
  it('let DENY win over every other decision', () => {
    for (const decision of policyDecisions) expect(strongestDecision([decision, 'DENY', decision])).toBe('DENY')
    expect(strongestDecision(['ALLOW', 'REQUIRE_APPROVAL', 'TRANSFORM'])).toBe('REQUIRE_APPROVAL')
    expect(strongestDecision([])).toBeUndefined()
  })

  it('are recorded by hashes', () => {
    const payload = policyPayload({ stage: 'apply', decision: 'DENY', inputsHash: 'sha256:0', engineVersion: '3' })
    expect(payload).toEqual({
      stage: 'apply',
      decision: 'DENY',
      inputs_hash: 'sha256:0',
      engine_version: '3',
      reason_codes: [],
    })
  })
})

describe('reruns', () => {
  const cases: readonly { rerun: Rerun; key: string | undefined; lineage: unknown }[] = [
    { rerun: { mode: 'reproduce' }, key: undefined, lineage: undefined },
    { rerun: { mode: 'replay' }, key: 'k', lineage: { lineageId: 'l', version: 3 } },
    { rerun: { mode: 'regenerate', name: 'r2' }, key: 'k#r2', lineage: { lineageId: 'l#r2', version: 1 } },
  ]
  for (const { rerun, key, lineage } of cases)
    it(rerun.mode, () => {
      expect(rerunKey('k', rerun)).toBe(key)
      expect(rerunLineage('l', 3, rerun)).toEqual(lineage)
    })
})

describe('documentTwinKey', () => {
  const hash = 'sha256:00'
  const cases = [
    { name: 'uploads of one content', a: { source: { hash } }, b: { source: { hash, path: 'x' } }, isTwin: true },
    {
      name: 'transformations by two processors',
      a: { derived: { content_hash: hash }, processor_version: '1' },
      b: { derived: { content_hash: hash }, processor_version: '2' },
      isTwin: false,
    },
    {
      name: 'an upload and a transformation',
      a: { source: { hash } },
      b: { source: { hash }, derived: { content_hash: hash }, processor_version: '1' },
      isTwin: false,
    },
  ]
  for (const { name, a, b, isTwin } of cases)
    it(name, () => expect(documentTwinKey(a) === documentTwinKey(b)).toBe(isTwin))

  it('is undefined where there is nothing to compare', () => expect(documentTwinKey({ source: {} })).toBeUndefined())
})
