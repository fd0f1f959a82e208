// The outcome ledger: artifacts in versions, each lineage running from its first draft (RFC §5, formats §6.4).
import { event, float, int, text } from '@ledgerd/schema'
import * as z from 'zod'
import { header } from './header-model.ts'

/** `partial` is read with a warning and not written. */
export const outcomeStatuses = ['draft', 'final', 'superseded', 'retracted', 'failed', 'partial'] as const

export type OutcomeStatus = (typeof outcomeStatuses)[number]

export const outcomeRecord = event(
  z.looseObject({
    ...header,
    outcome_id: text().min(1),
    lineage_id: text().min(1),
    outcome_type: text().min(1),
    status: z.enum(outcomeStatuses),
    version: int().min(1),
    parent_outcome_id: text().min(1).nullable(),
    content: z.looseObject({}),
    confidence: float().min(0).max(1).optional(),
  }),
)
