// The records by which `once` claims an effect and ends it: the job records of workflow-records, by shape, because the
// client knows no schema package. Their identities follow from the effect and the attempt, so of all processes that want
// to make the same step only one can.

/** An effect that happens once per (tenant, operator, key). */
export interface Effect {
  readonly tenantId: number
  /** Such as `Email.Send`. */
  readonly operator: string
  readonly key: string
  /** What the effect is given. The first call fixes it. */
  readonly input: JsonObject
  readonly trace: EffectTrace
  /** Default: the operator, version 1.0. */
  readonly producer?: { readonly kind: ProducerKind; readonly name: string; readonly version: string }
}

export type JsonObject = { readonly [name: string]: unknown }
export type ProducerKind = 'kernel' | 'operator' | 'agent' | 'adapter'

export type EffectTrace = {
  readonly correlation_id: string
  readonly workflow_id: string
  readonly thread_id?: number | string
  readonly intent_id?: string
  readonly plan_id?: string
  readonly step_id?: string
  readonly job_id?: string
}

export type JobStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'

export type JobError = {
  /** Such as RATE_LIMIT. */
  readonly code: string
  /** True if a later call may try again. */
  readonly retryable: boolean
  readonly category?: string
  readonly message?: string
}

/** What an attempt cost; amounts are floats. */
export type JobUsage = {
  readonly token_in?: number
  readonly token_out?: number
  readonly cost_total?: number
}

// Aliases, not interfaces: these go to models that are open to further members.

/** One job record. A claim and the end that belongs to it have the same `claim_id`. */
export type JobRecord = {
  readonly tenant_id: number
  readonly producer: NonNullable<Effect['producer']>
  readonly trace: EffectTrace
  readonly operator_name: string
  readonly status: JobStatus
  readonly attempt: number
  readonly idempotency_key: string
  readonly claim_id?: string
  readonly input_payload: JsonObject
  readonly result_payload: unknown
  readonly error: JobError | null
  readonly usage: JobUsage | null
}

export function queuedRecord(effect: Effect): JobRecord {
  return record(effect, { status: 'queued', attempt: 1 })
}

export function claimRecord(effect: Effect, attempt: number, claimId: string): JobRecord {
  return record(effect, { status: 'running', attempt, claim_id: claimId })
}

/** How an attempt ended. */
export interface JobEnd {
  readonly attempt: number
  readonly claim_id?: string
  readonly status: 'succeeded' | 'failed'
  readonly result_payload?: unknown
  readonly error?: JobError
  readonly usage?: JobUsage | undefined
}

export function endRecord(effect: Effect, { usage, ...end }: JobEnd): JobRecord {
  return record(effect, usage === undefined ? end : { ...end, usage })
}

/** The keys of the records of an attempt. Whoever makes a step makes it under this key and no other. */
export function stepKey(
  { tenantId, operator, key }: Effect,
  step: 'queued' | 'claim' | 'end',
  attempt: number,
): string {
  return `once:${JSON.stringify([tenantId, operator, key, attempt, step])}`
}

/** True if the record, read back, is of this effect. */
export function isOfEffect(job: Partial<JobRecord>, { tenantId, operator, key }: Effect): boolean {
  return job.tenant_id === tenantId && job.operator_name === operator && job.idempotency_key === key
}

function record(
  effect: Effect,
  step: Partial<JobRecord> & { readonly status: JobStatus; readonly attempt: number },
): JobRecord {
  const { tenantId, operator, key, input, trace } = effect
  return {
    tenant_id: tenantId,
    producer: effect.producer ?? { kind: 'operator', name: operator, version: '1.0' },
    trace,
    operator_name: operator,
    idempotency_key: key,
    input_payload: input,
    result_payload: null,
    error: null,
    usage: null,
    ...step,
  }
}
