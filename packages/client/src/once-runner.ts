// Claims effects, runs them, records how they ended. What may be retried is retried under the same identities; what this
// process does not know the fate of it remembers, so that its next call goes on where the last one was cut off.
import { LedgerError } from '@ledgerd/schema'
import { abandoned, failureOf, unrecordable } from './once-failure.ts'
import { assertSameInput, inputConflict } from './once-input.ts'
import type { JobLedger } from './once-ledger.ts'
import type { OnceEnd, OnceOutcome } from './once-outcome.ts'
import { claimRecord, effectName, endRecord, queuedRecord, stepKey } from './once-record.ts'
import type { Effect, JobEnd, JobUsage } from './once-record.ts'
import { findByKeys, findByReading } from './once-state.ts'
import type { EffectState, FindState } from './once-state.ts'
import { watchForEnd } from './once-watch.ts'
import type { Platform } from './platform.ts'
import type { Receipt } from './receipt.ts'
import type { Wait } from './request.ts'

export interface OnceOptions extends Wait {
  /** A retryable failure of this attempt is not tried again. Default 5. */
  readonly attemptsMax?: number
  /**
   * Gives up the claim of another caller that shows no end while this one watches it for so long, and runs the effect
   * again as the next attempt. The effect may then have happened twice: only for effects that bear it.
   */
  readonly takeOver?: { readonly afterMs: number }
}

/** What an effect is told about itself. */
export interface Attempt {
  /** From 1. */
  readonly number: number
  /** In the records of this attempt; tells it from those of every other process. */
  readonly claimId: string
  /** Says what the attempt cost, whether it succeeds or fails. The last word counts. */
  reportUsage(usage: JobUsage): void
}

const attemptsMaxDefault = 5
/** Each round lost means that another caller made a step. */
const roundsMax = 16
const claimIdBytes = 16
/** The daemon takes no such record, however often it is asked. */
const unrecordableCodes: ReadonlySet<string> = new Set([
  ...['VALUE_REFUSED', 'SCHEMA_INVALID', 'LINE_TOO_LONG', 'BATCH_TOO_LARGE'],
])

/** A step of this process whose append ended without word. Without `end` the effect has not run. */
interface Unsettled {
  readonly attempt: number
  readonly claimId: string
  readonly end?: JobEnd
}

interface Call<Result> {
  readonly ledger: JobLedger
  readonly effect: Effect
  readonly run: (attempt: Attempt) => Promise<Result> | Result
  readonly options: OnceOptions
}

export class OnceRunner {
  readonly #platform: Platform
  /** By handle and effect. Written when an append ends without word, removed when its fate is known. */
  readonly #unsettled: WeakMap<JobLedger, Map<string, Unsettled>> = new WeakMap()

  constructor(platform: Platform) {
    this.#platform = platform
  }

  async once<Result>(
    ledger: JobLedger,
    effect: Effect,
    run: (attempt: Attempt) => Promise<Result> | Result,
    options: OnceOptions,
  ): Promise<OnceOutcome<Result>> {
    const call = { ledger, effect, run, options }
    let find: FindState = findByKeys
    let refusal: LedgerError | undefined
    for (let round = 0; round < roundsMax; round++) {
      const state = await find(ledger, effect, options)
      if (state !== undefined) assertSameInput(effect, state)
      if (state?.job.status === 'running') {
        const resumed = await this.#resume(call, state)
        if (resumed !== undefined) return resumed
        if (options.takeOver === undefined) return await this.#outcomeOf(call, state)
        await this.#takeOver(call, state, options.takeOver.afterMs)
        continue
      }
      if (state !== undefined && isOver(state, options)) return await this.#outcomeOf(call, state)
      const attempt = state?.job.status === 'failed' ? state.job.attempt + 1 : (state?.job.attempt ?? 1)
      const claim = await this.#claim(call, state, attempt)
      if (!(claim instanceof LedgerError)) return await this.#execute(call, attempt, claim.claimId)
      refusal = claim
      // Refused by a rule: others have written records of this effect under identities of their own.
      if (claim.code === 'INVARIANT_VIOLATED') find = findByReading
    }
    throw refusal ?? new LedgerError('BUSY', `${effect.key} went from caller to caller`, { outcome: 'absent' })
  }

  /** Claims the attempt. Returns the refusal if someone else was faster. Throws everything else. */
  async #claim<Result>(
    { ledger, effect, options }: Call<Result>,
    state: EffectState | undefined,
    attempt: number,
  ): Promise<{ readonly claimId: string } | LedgerError> {
    // Taken, not looked at: of two calls in this process only one may go on with what a third has left.
    const known = this.#takeUnsettled(ledger, effect)
    const claimId = known?.attempt === attempt ? known.claimId : this.#platform.randomHex(claimIdBytes)
    const claim = { data: claimRecord(effect, attempt, claimId), key: stepKey(effect, 'claim', attempt) }
    const queued = { data: queuedRecord(effect), key: stepKey(effect, 'queued', attempt) }
    const drafts = (state === undefined ? [queued, claim] : [claim]).map((draft) => ({
      type: 'job' as const,
      ...draft,
    }))
    try {
      await ledger.appendAll(drafts, options)
      return { claimId }
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      if (error.details['rule'] === 'idempotency-payload-mismatch') throw inputConflict(effect, error.details)
      if (error.outcome === 'unknown') this.#remember(ledger, effect, { attempt, claimId })
      if (error.code === 'IDENTITY_CONFLICT' || error.code === 'INVARIANT_VIOLATED') return error
      throw error
    }
  }

  /** Goes on with a claim of this process whose append, or whose end's append, was cut off. */
  #resume<Result>(call: Call<Result>, { job }: EffectState): Promise<OnceOutcome<Result>> | undefined {
    const { ledger, effect } = call
    if (this.#unsettled.get(ledger)?.get(effectName(effect))?.claimId !== job.claim_id) return undefined
    const known = this.#takeUnsettled(ledger, effect)
    if (known === undefined) return undefined
    return known.end === undefined
      ? this.#execute(call, known.attempt, known.claimId)
      : this.#end(call, known.end, undefined)
  }

  async #execute<Result>(call: Call<Result>, number: number, claimId: string): Promise<OnceOutcome<Result>> {
    let usage: JobUsage | undefined
    const attempt: Attempt = {
      number,
      claimId,
      reportUsage(reported) {
        usage = reported
      },
    }
    const end = { attempt: number, claim_id: claimId }
    let result: Result
    try {
      result = await call.run(attempt)
    } catch (thrown) {
      return await this.#end(call, { ...end, status: 'failed', error: failureOf(thrown), usage }, thrown)
    }
    const recorded = result === undefined ? null : result
    return await this.#end(call, { ...end, status: 'succeeded', result_payload: recorded, usage }, undefined)
  }

  /** Records the end of an attempt of this process. The caller's signal does not count: the effect has happened. */
  async #end<Result>(call: Call<Result>, end: JobEnd, cause: unknown): Promise<OnceOutcome<Result>> {
    const { ledger, effect, options } = call
    const { deadlineMs } = options
    const wait = deadlineMs === undefined ? {} : { deadlineMs }
    try {
      const receipt = await ledger.append('job', endRecord(effect, end), {
        ...wait,
        key: stepKey(effect, 'end', end.attempt),
      })
      return endOutcome(end, receipt, cause)
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      const { claim_id: claimId = '', attempt, status } = end
      if (unrecordableCodes.has(error.code) && status === 'succeeded')
        return await this.#end(
          call,
          { ...end, status: 'failed', result_payload: null, error: unrecordable(error) },
          error,
        )
      if (error.code !== 'IDENTITY_CONFLICT' && error.code !== 'INVARIANT_VIOLATED') {
        this.#remember(ledger, effect, { attempt, claimId, end })
        throw afterRunning(error)
      }
      // The attempt was ended by someone else meanwhile; what is stored counts.
      const find = error.code === 'INVARIANT_VIOLATED' ? findByReading : findByKeys
      const state = await find(ledger, effect, wait)
      if (state === undefined) throw afterRunning(error)
      return await this.#outcomeOf(call, state)
    }
  }

  async #takeOver<Result>(call: Call<Result>, state: EffectState, afterMs: number): Promise<void> {
    const { ledger, effect, options } = call
    const { signal } = options
    const wait = { deadlineMs: afterMs, ...(signal === undefined ? {} : { signal }) }
    const ended = await watchForEnd(ledger, effect, state, wait, this.#platform)
    if (ended !== undefined) return
    const { attempt, claim_id: claimId } = state.job
    const claim = claimId === undefined ? {} : { claim_id: claimId }
    try {
      await ledger.append('job', endRecord(effect, { attempt, ...claim, status: 'failed', error: abandoned }), {
        ...options,
        key: stepKey(effect, 'end', attempt),
      })
    } catch (error) {
      // It has ended after all, or another caller gave it up.
      if (error instanceof LedgerError && ['IDENTITY_CONFLICT', 'INVARIANT_VIOLATED'].includes(error.code)) return
      throw error
    }
  }

  async #outcomeOf<Result>(call: Call<Result>, state: EffectState): Promise<OnceOutcome<Result>> {
    const { ledger, effect } = call
    const { event, job } = state
    if (job.status !== 'running') return await this.#endOf<Result>(ledger, state)
    return {
      state: 'running',
      attempt: job.attempt,
      since: event.time,
      settled: async (wait = {}) => {
        const ended = await watchForEnd(ledger, effect, state, wait, this.#platform)
        if (ended !== undefined) return await this.#endOf<Result>(ledger, ended)
        throw new LedgerError('DEADLINE', `${effect.key} is still in progress`, { outcome: 'absent' })
      },
    }
  }

  async #endOf<Result>(ledger: JobLedger, { event, job }: EffectState): Promise<OnceEnd<Result>> {
    const receipt = await ledger.receipt(event.seq)
    if (receipt === undefined)
      throw new LedgerError('INTEGRITY_BROKEN', `line ${event.seq} of ${ledger.id} was there and is gone`, {
        details: { seq: event.seq },
      })
    const { attempt } = job
    if (job.status === 'succeeded')
      return { state: 'succeeded', attempt, result: (job.result_payload ?? null) as Result, receipt }
    if (job.status === 'cancelled') return { state: 'cancelled', attempt, receipt }
    return { state: 'failed', attempt, error: job.error ?? { code: 'UNKNOWN', retryable: false }, receipt }
  }

  #takeUnsettled(ledger: JobLedger, effect: Effect): Unsettled | undefined {
    const known = this.#unsettled.get(ledger)?.get(effectName(effect))
    this.#unsettled.get(ledger)?.delete(effectName(effect))
    return known
  }

  #remember(ledger: JobLedger, effect: Effect, step: Unsettled): void {
    const steps = this.#unsettled.get(ledger) ?? new Map<string, Unsettled>()
    this.#unsettled.set(ledger, steps.set(effectName(effect), step))
  }
}

/** True if a call gets what is recorded, and nothing is tried again. */
function isOver({ job }: EffectState, { attemptsMax = attemptsMaxDefault }: OnceOptions): boolean {
  if (job.status === 'queued') return false
  return !(job.status === 'failed' && job.error?.retryable === true && job.attempt < attemptsMax)
}

function endOutcome<Result>(end: JobEnd, receipt: Receipt, cause: unknown): OnceEnd<Result> {
  const { attempt, status, result_payload: result, error } = end
  if (status === 'succeeded') return { state: 'succeeded', attempt, result: result as Result, receipt }
  return {
    state: 'failed',
    attempt,
    error: error ?? failureOf(cause),
    receipt,
    ...(cause === undefined ? {} : { cause }),
  }
}

/** The same error, saying that the effect has run. */
function afterRunning(error: LedgerError): LedgerError {
  const { code, outcome, details } = error
  return new LedgerError(code, `the effect has run, and its end could not be recorded: ${error.message}`, {
    ...(outcome === undefined ? {} : { outcome }),
    details: { ...details, ran: true },
    cause: error,
  })
}
