// The life of a job, as data: which status may follow which, and what a repeated call with the same key gets instead of a
// second effect (formats §6.3). Pure; the invariants, the SDK's `once` and operators follow the same table.
import type { JobStatus } from './job-record.ts'

/** What is known of the effect behind one key after its latest record. */
export interface JobState<Result = unknown, Failure extends JobFailure = JobFailure> {
  readonly status: JobStatus
  readonly attempt: number
  readonly result?: Result
  readonly error?: Failure | null
}

export interface JobFailure {
  readonly code: string
  readonly retryable: boolean
  readonly category?: string | undefined
}

/** What a call with a key gets. No answer but `start` leads to an effect. */
export type JobStep<Result = unknown, Failure extends JobFailure = JobFailure> =
  | { readonly step: 'start'; readonly attempt: number }
  | { readonly step: 'in-progress'; readonly attempt: number }
  | { readonly step: 'result'; readonly attempt: number; readonly result: Result }
  | { readonly step: 'failure'; readonly attempt: number; readonly error: Failure | null }
  | { readonly step: 'cancelled'; readonly attempt: number }

/** The answer to a call with a key whose effect stands like this; `undefined` if the key was never used. */
export function nextJobStep<Result, Failure extends JobFailure>(
  state: JobState<Result, Failure> | undefined,
): JobStep<Result | null, Failure> {
  if (state === undefined) return { step: 'start', attempt: 1 }
  const { status, attempt, error = null } = state
  switch (status) {
    case 'queued':
    case 'running':
      return { step: 'in-progress', attempt }
    case 'succeeded':
      return { step: 'result', attempt, result: state.result ?? null }
    case 'cancelled':
      return { step: 'cancelled', attempt }
    case 'failed':
      return error?.retryable === true ? { step: 'start', attempt: attempt + 1 } : { step: 'failure', attempt, error }
  }
}

export interface JobPosition {
  readonly status: JobStatus
  readonly attempt: number
  readonly isRetryable: boolean
}

/** True if a record with `next` may follow one with `before`. */
export function isJobTransition(before: JobPosition | undefined, next: Omit<JobPosition, 'isRetryable'>): boolean {
  if (before === undefined) return next.status === 'queued' && next.attempt === 1
  switch (before.status) {
    case 'queued':
      return next.attempt === before.attempt && (next.status === 'running' || next.status === 'cancelled')
    case 'running':
      return next.attempt === before.attempt && isEnd(next.status)
    case 'failed': {
      const isAgain = next.status === 'queued' || next.status === 'running'
      return before.isRetryable && isAgain && next.attempt === before.attempt + 1
    }
    default:
      return false
  }
}

/** True for the statuses that end an attempt. */
export function isEnd(status: JobStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled'
}

/** True if no record may follow. */
export function isTerminal({ status, isRetryable }: Omit<JobPosition, 'attempt'>): boolean {
  return status === 'succeeded' || status === 'cancelled' || (status === 'failed' && !isRetryable)
}
