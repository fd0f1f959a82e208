// `once`: an effect that happens at most once, whoever asks for it, in whatever process, before or after a restart; and
// every caller gets the receipt of the same record. The claim is an append under an identity that follows from effect and
// attempt, so the ledger decides who may run it.
import { platform } from '#transport'
import type { JobLedger } from './once-ledger.ts'
import type { OnceOutcome } from './once-outcome.ts'
import type { Effect } from './once-record.ts'
import { OnceRunner } from './once-runner.ts'
import type { Attempt, OnceOptions } from './once-runner.ts'

const runner = new OnceRunner(platform)

/**
 * Runs `run` unless the effect was claimed before. What it gives is recorded as the job's result; what it throws, as its
 * failure (a thrown `{ code, retryable: true }` may be tried again by a later call, as attempt + 1). Every other caller
 * gets what is recorded, without running anything: a result or a failure with its receipt, or, while there is none, the
 * handle of an effect in progress.
 *
 * A process that dies between claim and result leaves the effect in progress for good: nobody can know whether it
 * happened. It is run again only if a caller gives it up with `takeOver`, or an operator appends its end.
 *
 * Errors: IDENTITY_CONFLICT if the key was used with another input; those of `append`, before anything ran (`details.ran`
 * is absent) or when the end could not be recorded (`details.ran` is true; the next call in this process records it).
 */
export function once<Result>(
  ledger: JobLedger,
  effect: Effect,
  run: (attempt: Attempt) => Promise<Result> | Result,
  options: OnceOptions = {},
): Promise<OnceOutcome<Result>> {
  return runner.once(ledger, effect, run, options)
}
