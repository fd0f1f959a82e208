// The states of a plan's step, which lie on top of its job's: what it waits for before the job exists, and whether a
// failed job comes again (formats §6.3).
import { isTerminal } from './job-step.ts'
import type { JobState } from './job-step.ts'

export type StepState =
  | 'PENDING'
  | 'READY'
  | 'WAITING_APPROVAL'
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'FAILED_RETRYABLE'
  | 'FAILED_FINAL'
  | 'SKIPPED'
  | 'CANCELLED'

export interface StepFacts {
  /** The latest state of the step's job; undefined before its first record. */
  readonly job: JobState | undefined
  /** All steps it depends on have succeeded or were skipped. */
  readonly areDependenciesMet: boolean
  /** A gate in front of it is open. */
  readonly isWaitingForApproval?: boolean
  /** The plan goes on without it. */
  readonly isSkipped?: boolean
}

export function stepStateOf({ job, areDependenciesMet, isWaitingForApproval, isSkipped }: StepFacts): StepState {
  if (job === undefined) {
    if (isSkipped === true) return 'SKIPPED'
    if (!areDependenciesMet) return 'PENDING'
    return isWaitingForApproval === true ? 'WAITING_APPROVAL' : 'READY'
  }
  switch (job.status) {
    case 'queued':
      return isWaitingForApproval === true ? 'WAITING_APPROVAL' : 'READY'
    case 'running':
      return 'RUNNING'
    case 'succeeded':
      return 'SUCCEEDED'
    case 'cancelled':
      return 'CANCELLED'
    case 'failed': {
      const isRetryable = job.error?.retryable === true
      return isTerminal({ status: 'failed', isRetryable }) ? 'FAILED_FINAL' : 'FAILED_RETRYABLE'
    }
  }
}
