// The memory ledger: what was learned about someone, in versions; which one is active, the deactivation events say
// (RFC §7, formats §6.6).
import { event, float, instant, int, text } from '@ledgerd/schema'
import * as z from 'zod'
import { header } from './header-model.ts'

export const memoryTypes = [
  'tone',
  'do_dont',
  'preference',
  'goal',
  'bio',
  'instruction',
  'guardrail',
  'other',
] as const

export const memoryRecord = event(
  z.looseObject({
    ...header,
    memory_id: text().min(1),
    lineage_id: text().min(1),
    version: int().min(1),
    parent_memory_id: text().min(1).nullable(),
    owner_principal_id: z.union([int(), text()]).optional(),
    memory_type: z.enum(memoryTypes),
    content: z.union([text(), z.looseObject({})]),
    source: text().min(1),
    confidence: float().min(0).max(1).optional(),
    /** As it was when this version was written; superseded versions still say true. */
    is_active: z.boolean(),
    expires_at: instant().nullable().optional(),
  }),
)
