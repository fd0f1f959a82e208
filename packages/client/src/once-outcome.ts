// What a caller of `once` gets: how the effect stands and, when it has ended, the receipt of the record that says so, the
// same for every caller.
import type { JobError } from './once-record.ts'
import type { Receipt } from './receipt.ts'
import type { Wait } from './request.ts'

export type OnceOutcome<Result> = OnceEnd<Result> | OnceRunning<Result>

export type OnceEnd<Result> = OnceSucceeded<Result> | OnceFailed | OnceCancelled

export interface OnceSucceeded<Result> {
  readonly state: 'succeeded'
  readonly attempt: number
  /** As it was recorded, null included. */
  readonly result: Result
  readonly receipt: Receipt
}

export interface OnceFailed {
  readonly state: 'failed'
  readonly attempt: number
  readonly error: JobError
  readonly receipt: Receipt
  /** What the effect threw, or why its result was refused; for the one caller whose effect it was. */
  readonly cause?: unknown
  /** What the effect gave, if that could not be recorded; for that caller alone. */
  readonly unrecorded?: unknown
}

export interface OnceCancelled {
  readonly state: 'cancelled'
  readonly attempt: number
  readonly receipt: Receipt
}

/** Someone has claimed the effect, and no result is recorded: it runs, or whoever ran it is gone. */
export interface OnceRunning<Result> {
  readonly state: 'running'
  readonly attempt: number
  /** When it was claimed (or, if it is only queued, queued), by the daemon's clock. */
  readonly since: string
  /** Waits for the end of this attempt, up to `deadlineMs`; rejects with DEADLINE. Runs nothing. */
  settled(wait?: Wait): Promise<OnceEnd<Result>>
}
