// The job ledger: every attempt of an operator, what it cost, and the key under which its effect happens once (RFC §4,
// formats §6.3).
import { event, field, float, int, text } from '@ledgerd/schema'
import * as z from 'zod'
import { header } from './header-model.ts'

const error = z.looseObject({ code: text().min(1), retryable: z.boolean(), category: text().optional() })

const usage = z.looseObject({
  token_in: field(int().min(0), { unit: 'token', direction: 'down' }).optional(),
  token_out: field(int().min(0), { unit: 'token', direction: 'down' }).optional(),
  cost_total: field(float().min(0), { direction: 'down' }).optional(),
})

export const jobStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const

export type JobStatus = (typeof jobStatuses)[number]

export const jobRecord = event(
  z.looseObject({
    ...header,
    operator_name: text().min(1),
    status: z.enum(jobStatuses),
    attempt: int().min(1),
    idempotency_key: text().min(1),
    input_payload: z.looseObject({}),
    /** Any JSON value; null is a result, too. */
    result_payload: z.unknown().optional(),
    error: error.nullable().optional(),
    usage: usage.nullable().optional(),
  }),
)
