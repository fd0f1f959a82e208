// The header that every record carries (formats §6.1). What a writer may leave out is made at admission: record id, time,
// schema version and payload hash. Readers accept records without producer and trace, with a warning.
import { field, instant, int, text } from '@ledgerd/schema'
import * as z from 'zod'

export const producerKinds = ['kernel', 'operator', 'agent', 'adapter'] as const

const producer = z.looseObject({ kind: z.enum(producerKinds), name: text().min(1), version: text() })

const trace = z.looseObject({
  correlation_id: text().min(1),
  workflow_id: field(text().min(1), { subject: { kind: 'workflow', by: 'id' } }),
  thread_id: z.union([int(), text()]).optional(),
  intent_id: text().optional(),
  plan_id: text().optional(),
  step_id: text().optional(),
  job_id: text().optional(),
})

const hash = z.looseObject({ payload_hash: text().optional(), prev_hash: text().nullable().optional() })

export const header = {
  schema_version: text().optional(),
  tenant_id: field(int().min(1), { subject: { kind: 'tenant', by: 'id' } }),
  record_id: z
    .string()
    .regex(/^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/)
    .optional(),
  created_at: instant().optional(),
  producer,
  trace,
  hash: hash.optional(),
}

/** The version that is written; a breaking change of one ledger raises it there. */
export const schemaVersion: string = '1.0'
