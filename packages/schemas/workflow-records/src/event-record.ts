// The event ledger: the authoritative timeline of what happened in each workflow (RFC §3, formats §6.2). The set of
// event types is open; payloads hold ids and reason codes, never blobs.
import { event, int, text } from '@ledgerd/schema'
import * as z from 'zod'
import { header } from './header-model.ts'

export const eventRecord = event(
  z.looseObject({
    ...header,
    event_type: text().min(1),
    severity: z.enum(['info', 'warn', 'error']),
    sequence_no: int().min(1).optional(),
    payload: z.looseObject({}),
  }),
)

/** Above this many bytes of canonical text a payload is a blob. */
export const payloadBytesMax: number = 16_384

/** The types that the RFC and its companions name. Any other is passed on. */
export const knownEventTypes: ReadonlySet<string> = new Set([
  ...['INTENT_RECEIVED', 'PLAN_CREATED', 'ACTION_STARTED', 'ACTION_SUCCEEDED', 'ACTION_FAILED', 'WORKFLOW_COMPLETED'],
  ...['OUTCOME_CREATED', 'GATE_REQUESTED', 'USER_APPROVED', 'USER_REJECTED', 'GATE_EXPIRED', 'POLICY_DECISION'],
  ...['MEMORY_CREATED', 'MEMORY_DEACTIVATED', 'MEMORY_EXPIRED', 'ENTITY_CREATED', 'ENTITY_UPDATED'],
])

/** What the payload of a known type must name for the other ledgers to be explained by it. */
export const requiredInPayload: Readonly<Record<string, readonly string[]>> = {
  OUTCOME_CREATED: ['outcome_id', 'version'],
  GATE_REQUESTED: ['gate_id', 'outcome_id'],
  USER_APPROVED: ['gate_id', 'outcome_id', 'actor_id'],
  USER_REJECTED: ['gate_id', 'outcome_id', 'actor_id'],
  GATE_EXPIRED: ['gate_id'],
  POLICY_DECISION: ['decision', 'inputs_hash', 'engine_version'],
  MEMORY_CREATED: ['memory_id'],
  MEMORY_DEACTIVATED: ['memory_id'],
  MEMORY_EXPIRED: ['memory_id'],
  ENTITY_CREATED: ['entity_id'],
  ENTITY_UPDATED: ['entity_id', 'version'],
}
