// Claims effects, runs them, records how they ended. What may be retried is retried under the same identities; what this
// process does not know the fate of it remembers, so that its next call goes on where the last one was cut off.
import { LedgerError } from '@ledgerd/schema'
import { copyJson } from './once-copy.ts'
import { endOutcome, endWithFailure, endWithResult, lesserEnding } from './once-end.ts'
import type { Ending } from './once-end.ts'
import { abandoned } from './once-failure.ts'
import { assertSameInput, inputConflict } from './once-input.ts'
import type { JobLedger } from './once-ledger.ts'
import { OnceMemory } from './once-memory.ts'
import type { OnceEnd, OnceOutcome } from './once-outcome.ts'
import { claimRecord, endRecord, queuedRecord, stepKey } from './once-record.ts'
import type { Effect, JobUsage } from './once-record.ts'
import { findByKeys, findByReading } from './once-state.ts'
import type { EffectState, FindState } from './once-state.ts'
import { watchForEnd } from './once-watch.ts'
import type { Platform } from './platform.ts'
import type { Wait } from './request.ts'

export interface OnceOptions extends Wait {
  /** A retryable failure of this attempt is not tried again. Default 5. */
  readonly attemptsMax?: number
  /**
   * Gives up the claim of another caller that shows no end while this one watches it for so long, and runs the effect
   * again as the next attempt, if there may be one. The effect may then have happened twice: only for effects that bear
   * it, and longer than they and any absence of the daemon can take.
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

interface Call<Result> {
  readonly ledger: JobLedger
  readonly effect: Effect
  readonly run: (attempt: Attempt) => Promise<Result> | Result
  readonly options: OnceOptions
}

export class OnceRunner {
  readonly #platform: Platform
  /** Written when an append ends without word, taken from when its fate is known. */
  readonly #memory = new OnceMemory()

  constructor(platform: Platform) {
    this.#platform = platform
  }

  async once<Result>(
    ledger: JobLedger,
    given: Effect,
    run: (attempt: Attempt) => Promise<Result> | Result,
    options: OnceOptions,
  ): Promise<OnceOutcome<Result>> {
    assertOptions(options)
    const call = { ledger, effect: copyJson(given) as Effect, run, options }
    const { effect } = call
    let find: FindState = findByKeys
    let refusal: LedgerError | undefined
    for (let round = 0; round < roundsMax; round++) {
      const state = await find(ledger, effect, options)
      if (state !== undefined) assertSameInput(effect, state)
      if (state?.job.status === 'running') {
        const resumed = this.#resume(call, state)
        if (resumed !== undefined) return await resumed
        if (options.takeOver === undefined || isLastAttempt(state, options)) return await this.#outcomeOf(call, state)
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
    const claimId = this.#platform.randomHex(claimIdBytes)
    const claim = { data: claimRecord(effect, attempt, claimId), key: stepKey(effect, 'claim', attempt) }
    const queued = { data: queuedRecord(effect), key: stepKey(effect, 'queued', attempt) }
    const drafts = (state === undefined ? [queued, claim] : [claim]).map((draft) => ({
      type: 'job' as const,
      ...draft,
    }))
    try {
      await ledger.appendAll(drafts, waitOf(options))
      return { claimId }
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      if (error.details['rule'] === 'idempotency-payload-mismatch') throw inputConflict(effect, error.details)
      if (error.outcome === 'unknown') this.#memory.remember({ effect, attempt, claimId })
      if (isOthersStep(error)) return error
      throw error
    }
  }

  /** Goes on with a claim of this process whose append, or whose end's append, was cut off. */
  #resume<Result>(call: Call<Result>, { job }: EffectState): Promise<OnceOutcome<Result>> | undefined {
    const known = this.#memory.take(job.claim_id)
    if (known === undefined) return undefined
    // The records of one claim are told by one caller: they have its trace.
    const begun = { ...call, effect: known.effect }
    return known.end === undefined
      ? this.#execute(begun, known.attempt, known.claimId)
      : this.#end(begun, { end: known.end, own: {} }, known.claimId)
  }

  async #execute<Result>(call: Call<Result>, number: number, claimId: string): Promise<OnceOutcome<Result>> {
    let usage: JobUsage | undefined
    const attempt: Attempt = {
      number,
      claimId,
      reportUsage(reported) {
        usage = { ...reported }
      },
    }
    let ending: Ending
    try {
      const result = await call.run(attempt)
      ending = endWithResult({ attempt: number, claim_id: claimId, usage }, result)
    } catch (thrown) {
      ending = endWithFailure({ attempt: number, claim_id: claimId, usage }, thrown)
    }
    return await this.#end(call, ending, claimId)
  }

  /** Records the end of an attempt of this process; what could not be recorded is remembered. */
  async #end<Result>(call: Call<Result>, ending: Ending, claimId: string): Promise<OnceOutcome<Result>> {
    try {
      return await this.#record(call, ending)
    } catch (error) {
      const { effect } = call
      this.#memory.remember({ effect, attempt: ending.end.attempt, claimId, end: ending.end })
      throw error instanceof LedgerError ? afterRunning(error) : error
    }
  }

  /** The caller's signal does not count: the effect has happened. */
  async #record<Result>({ ledger, effect, run, options }: Call<Result>, ending: Ending): Promise<OnceOutcome<Result>> {
    const { end } = ending
    const wait = options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }
    const call = { ledger, effect, run, options: wait }
    try {
      const key = stepKey(effect, 'end', end.attempt)
      return endOutcome(ending, await ledger.append('job', endRecord(effect, end), { ...wait, key }))
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      if (isOthersStep(error)) {
        // The attempt was ended by someone else meanwhile; what is stored counts.
        const find = error.code === 'INVARIANT_VIOLATED' ? findByReading : findByKeys
        const state = await find(ledger, effect, wait)
        const isStillOurs = state?.job.status === 'running' && state.job.claim_id === end.claim_id
        if (state !== undefined && !isStillOurs) return await this.#outcomeOf(call, state)
      }
      const lesser = lesserEnding(ending, error)
      if (lesser === undefined) throw error
      return await this.#record(call, lesser)
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
        ...waitOf(options),
        key: stepKey(effect, 'end', attempt),
      })
    } catch (error) {
      // It has ended after all, or another caller gave it up.
      if (error instanceof LedgerError && isOthersStep(error)) return
      throw error
    }
  }

  async #outcomeOf<Result>(
    { ledger, effect, options }: Call<Result>,
    state: EffectState,
  ): Promise<OnceOutcome<Result>> {
    const { event, job } = state
    const endOf = async (ended: EffectState, wait: Wait): Promise<OnceEnd<Result>> =>
      await receivedEnd<Result>(ledger, ended, wait)
    if (job.status !== 'running') return await endOf(state, waitOf(options))
    return {
      state: 'running',
      attempt: job.attempt,
      since: event.time,
      settled: async (wait = {}) => {
        const deadline = options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }
        const ended = await watchForEnd(ledger, effect, state, { ...deadline, ...wait }, this.#platform)
        if (ended !== undefined) return await endOf(ended, wait)
        throw new LedgerError('DEADLINE', `${effect.key} is still in progress`, { outcome: 'absent' })
      },
    }
  }
}

/** What is recorded of an end, with the receipt of the record. */
async function receivedEnd<Result>(
  ledger: JobLedger,
  { event, job }: EffectState,
  wait: Wait,
): Promise<OnceEnd<Result>> {
  const receipt = await ledger.receipt(event.seq, wait)
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

/** Throws REQUEST_INVALID: a wait that is no number would give up claims at once. */
function assertOptions({ attemptsMax = attemptsMaxDefault, takeOver }: OnceOptions): void {
  for (const [name, value] of Object.entries({ attemptsMax, 'takeOver.afterMs': takeOver?.afterMs ?? 0 }))
    if (!Number.isSafeInteger(value) || value < 0)
      throw new LedgerError('REQUEST_INVALID', `${name} must be an integer from 0, not ${String(value)}`)
}

/** What appends and reads take of the options. */
function waitOf({ signal, deadlineMs }: OnceOptions): Wait {
  return { ...(signal === undefined ? {} : { signal }), ...(deadlineMs === undefined ? {} : { deadlineMs }) }
}

/** The refusals that say that another caller made the step, or one that forbids it. */
function isOthersStep({ code }: LedgerError): boolean {
  return code === 'IDENTITY_CONFLICT' || code === 'INVARIANT_VIOLATED'
}

/** True if a call gets what is recorded, and nothing is tried again. */
function isOver(state: EffectState, options: OnceOptions): boolean {
  const { job } = state
  if (job.status === 'queued') return false
  return !(job.status === 'failed' && job.error?.retryable === true && !isLastAttempt(state, options))
}

function isLastAttempt({ job }: EffectState, { attemptsMax = attemptsMaxDefault }: OnceOptions): boolean {
  return job.attempt >= attemptsMax
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
