// How an effect stands on the ledger. The records of `once` are found by their keys, without reading anything else; those
// that others wrote under identities of their own are found by reading jobs.
import { LedgerError } from '@ledgerd/schema'
import type { JobLedger, StoredEvent } from './once-ledger.ts'
import { isOfEffect, stepKey } from './once-record.ts'
import type { Effect, JobRecord } from './once-record.ts'
import type { Wait } from './request.ts'

/** The latest record of an effect. */
export interface EffectState {
  readonly event: StoredEvent
  readonly job: JobRecord
}

export type FindState = (ledger: JobLedger, effect: Effect, wait: Wait) => Promise<EffectState | undefined>

/** By keys: attempt after attempt. An attempt without an end is looked for behind its claim, where others may have ended it. */
export const findByKeys: FindState = async (ledger, effect, wait) => {
  let latest = await getStep(ledger, effect, 'queued', 1, wait)
  for (let attempt = 1; ; attempt++) {
    const claim = await getStep(ledger, effect, 'claim', attempt, wait)
    if (claim === undefined) return latest
    const end = await getStep(ledger, effect, 'end', attempt, wait)
    if (end === undefined) return await findByReading(ledger, effect, wait, claim)
    latest = end
  }
}

/** By reading all jobs behind `known`, or from the start. */
export async function findByReading(
  ledger: JobLedger,
  effect: Effect,
  wait: Wait,
  known?: EffectState,
): Promise<EffectState | undefined> {
  let latest = known
  const from = known === undefined ? 0 : known.event.seq + 1
  for await (const event of ledger.read({ ...wait, from, types: ['job'] })) latest = stateOf(event, effect) ?? latest
  return latest
}

/** The state that an event leads to, if it is of the effect. */
export function stateOf(event: StoredEvent, effect: Effect): EffectState | undefined {
  const job = event.data as JobRecord
  return event.type === 'job' && isOfEffect(job, effect) ? { event, job } : undefined
}

async function getStep(
  ledger: JobLedger,
  effect: Effect,
  step: 'queued' | 'claim' | 'end',
  attempt: number,
  wait: Wait,
): Promise<EffectState | undefined> {
  try {
    const event = await ledger.get({ key: stepKey(effect, step, attempt) }, wait)
    return event === undefined ? undefined : stateOf(event, effect)
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'LEDGER_NOT_FOUND') return undefined
    throw error
  }
}
