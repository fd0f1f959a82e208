// The entity ledger: people, places and things in their normal form, in versions; the highest is active (RFC §7,
// formats §6.6).
import { event, field, int, text } from '@ledgerd/schema'
import * as z from 'zod'
import { header } from './header-model.ts'

export const entityRecord = event(
  z.looseObject({
    ...header,
    entity_id: text().min(1),
    entity_type: text().min(1),
    version: int().min(1),
    canonical: field(z.looseObject({}), { pii: 'direct' }),
    /** If present, unique per tenant and entity type. */
    canonical_key_hash: text().min(1).optional(),
    aliases: z.array(text()).optional(),
    source: text().min(1),
    is_active: z.boolean(),
  }),
)
