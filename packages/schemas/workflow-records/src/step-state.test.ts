import { describe, expect, it } from 'vitest'
import { stepStateOf } from './step-state.ts'
import type { StepFacts, StepState } from './step-state.ts'

describe('stepStateOf', () => {
  const job = undefined
  const met = { areDependenciesMet: true }
  const running = { status: 'running', attempt: 1 } as const
  const failed = (retryable: boolean) => ({ status: 'failed', attempt: 1, error: { code: 'X', retryable } }) as const
  const cases: readonly { want: StepState; facts: StepFacts }[] = [
    { want: 'PENDING', facts: { job, areDependenciesMet: false } },
    { want: 'READY', facts: { job, ...met } },
    { want: 'READY', facts: { job: { status: 'queued', attempt: 1 }, ...met } },
    { want: 'WAITING_APPROVAL', facts: { job, ...met, isWaitingForApproval: true } },
    { want: 'SKIPPED', facts: { job, areDependenciesMet: false, isSkipped: true } },
    { want: 'RUNNING', facts: { job: running, ...met, isSkipped: true } },
    { want: 'SUCCEEDED', facts: { job: { status: 'succeeded', attempt: 1 }, ...met } },
    { want: 'CANCELLED', facts: { job: { status: 'cancelled', attempt: 1 }, ...met } },
    { want: 'FAILED_RETRYABLE', facts: { job: failed(true), ...met } },
    { want: 'FAILED_FINAL', facts: { job: failed(false), ...met } },
  ]
  for (const { want, facts } of cases)
    it(`${want}: ${JSON.stringify(facts)}`, () => expect(stepStateOf(facts)).toBe(want))
})
