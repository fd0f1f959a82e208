// The document ledger: uploads, which never change, and transformations, each a new revision with the version of what
// processed it and the hashes of what came out (RFC §6, formats §6.5).
import { event, field, int, text } from '@ledgerd/schema'
import * as z from 'zod'
import { header } from './header-model.ts'

const contentHash = field(text().regex(/^(?:sha256|blake3):[0-9a-f]{64}$/), {
  artifact: { algo: 'sha256', role: 'source' },
})

const document = {
  ...header,
  document_id: text().min(1),
  document_type: text().min(1).optional(),
  title: text().optional(),
  lifecycle: z.enum(['temp', 'sandbox', 'final']),
  status: text().min(1),
  revision: int().min(0),
}

export const documentRecord = event(
  z.union([
    z.looseObject({
      ...document,
      source: z.looseObject({ hash: contentHash }),
      derived: z.null().optional(),
      parent_revision_id: text().nullable().optional(),
    }),
    z.looseObject({
      ...document,
      source: z.looseObject({ hash: contentHash }).optional(),
      derived: z.looseObject({}),
      processor_version: text().min(1),
    }),
  ]),
)

/** Any other status is read with a warning. */
export const documentStatuses: readonly string[] = ['uploaded', 'processed', 'exported', 'failed']
