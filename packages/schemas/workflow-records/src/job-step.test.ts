import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jobStatuses } from './job-record.ts'
import { isJobTransition, nextJobStep } from './job-step.ts'
import type { JobPosition, JobState } from './job-step.ts'

const limit = { code: 'RATE_LIMIT', retryable: true }
const denied = { code: 'POLICY_DENIED', retryable: false }

describe('nextJobStep', () => {
  const cases: readonly { name: string; state: JobState | undefined; want: object }[] = [
    { name: 'a key never used', state: undefined, want: { step: 'start', attempt: 1 } },
    { name: 'queued', state: { status: 'queued', attempt: 1 }, want: { step: 'in-progress', attempt: 1 } },
    { name: 'running', state: { status: 'running', attempt: 2 }, want: { step: 'in-progress', attempt: 2 } },
    {
      name: 'succeeded',
      state: { status: 'succeeded', attempt: 2, result: { n: 1 } },
      want: { step: 'result', attempt: 2, result: { n: 1 } },
    },
    {
      name: 'succeeded with null',
      state: { status: 'succeeded', attempt: 1, result: null },
      want: { step: 'result', attempt: 1, result: null },
    },
    {
      name: 'succeeded without a result',
      state: { status: 'succeeded', attempt: 1 },
      want: { step: 'result', attempt: 1, result: null },
    },
    {
      name: 'failed, retryable',
      state: { status: 'failed', attempt: 1, error: limit },
      want: { step: 'start', attempt: 2 },
    },
    {
      name: 'failed for good',
      state: { status: 'failed', attempt: 1, error: denied },
      want: { step: 'failure', attempt: 1, error: denied },
    },
    {
      name: 'failed, nothing known',
      state: { status: 'failed', attempt: 3 },
      want: { step: 'failure', attempt: 3, error: null },
    },
    { name: 'cancelled', state: { status: 'cancelled', attempt: 1 }, want: { step: 'cancelled', attempt: 1 } },
  ]
  for (const { name, state, want } of cases) it(name, () => expect(nextJobStep(state)).toEqual(want))
})

describe('isJobTransition', () => {
  const legal = [
    'none -> queued 1',
    'queued 1 -> running 1',
    'queued 1 -> cancelled 1',
    'running 1 -> succeeded 1',
    'running 1 -> failed 1',
    'running 1 -> cancelled 1',
    'failed 1 retryable -> queued 2',
    'failed 1 retryable -> running 2',
  ]

  it('allows these steps from attempt 1 and no others', () => {
    const befores: (JobPosition | undefined)[] = [undefined]
    for (const status of jobStatuses)
      for (const isRetryable of status === 'failed' ? [true, false] : [false])
        befores.push({ status, attempt: 1, isRetryable })
    const found = befores.flatMap((before) =>
      jobStatuses.flatMap((status) =>
        [1, 2, 3]
          .filter((attempt) => isJobTransition(before, { status, attempt }))
          .map((attempt) => `${nameOf(before)} -> ${status} ${attempt}`),
      ),
    )
    expect(found.sort()).toEqual(legal.sort())
  })

  it('never leads out of success, cancellation or a final failure', () => {
    const end = fc.constantFrom<JobPosition['status']>('succeeded', 'cancelled', 'failed')
    fc.assert(
      fc.property(end, fc.integer({ min: 1 }), fc.constantFrom(...jobStatuses), fc.integer({ min: 1 }), (...args) => {
        const [status, attempt, next, nextAttempt] = args
        return !isJobTransition({ status, attempt, isRetryable: false }, { status: next, attempt: nextAttempt })
      }),
    )
  })

  function nameOf(position: JobPosition | undefined): string {
    if (position === undefined) return 'none'
    return `${position.status} ${position.attempt}${position.isRetryable ? ' retryable' : ''}`
  }
})
