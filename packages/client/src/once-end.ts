// How an attempt ended, as it is recorded, and what is recorded instead when that is refused.
import type { LedgerError } from '@ledgerd/schema'
import { copyJson } from './once-copy.ts'
import { failureOf, unrecordable } from './once-failure.ts'
import type { OnceEnd } from './once-outcome.ts'
import type { JobEnd, JobUsage } from './once-record.ts'
import type { Receipt } from './receipt.ts'

/** An end, and what only the caller whose effect it was gets with it. */
export interface Ending {
  readonly end: JobEnd
  readonly own: { readonly cause?: unknown; readonly unrecorded?: unknown }
  /** What the effect gave, before it was copied. */
  readonly given?: unknown
}

type Base = Pick<JobEnd, 'attempt' | 'claim_id'> & { readonly usage: JobUsage | undefined }

export function endWithResult(base: Base, result: unknown): Ending {
  try {
    return { end: { ...base, status: 'succeeded', result_payload: copyJson(result) ?? null }, own: {}, given: result }
  } catch (cause) {
    return { end: { ...base, status: 'failed', error: unrecordable(cause) }, own: { cause, unrecorded: result } }
  }
}

export function endWithFailure(base: Base, thrown: unknown): Ending {
  return { end: { ...base, status: 'failed', error: failureOf(thrown) }, own: { cause: thrown } }
}

/** The daemon takes no such record, however often it is asked. */
const unrecordableCodes: ReadonlySet<string> = new Set([
  ...['VALUE_REFUSED', 'SCHEMA_INVALID', 'INVARIANT_VIOLATED', 'LINE_TOO_LONG', 'BATCH_TOO_LARGE'],
])

/** What can be said instead of an end that was refused: without its usage, then without its result; then nothing. */
export function lesserEnding({ end, own, given }: Ending, refusal: LedgerError): Ending | undefined {
  if (!unrecordableCodes.has(refusal.code)) return undefined
  if (end.usage !== undefined) return { end: { ...end, usage: undefined }, own, given }
  if (end.status !== 'succeeded') return undefined
  const { result_payload: recorded, ...rest } = end
  const unrecorded = given ?? recorded
  return { end: { ...rest, status: 'failed', error: unrecordable(refusal) }, own: { cause: refusal, unrecorded } }
}

export function endOutcome<Result>({ end, own }: Ending, receipt: Receipt): OnceEnd<Result> {
  const { attempt, status, result_payload: result, error } = end
  if (status === 'succeeded') return { state: 'succeeded', attempt, result: result as Result, receipt }
  return { state: 'failed', attempt, error: error ?? failureOf(own.cause), receipt, ...own }
}
