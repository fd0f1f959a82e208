// The `refusal` document.
import { type ErrorCode, type ErrorDocument, errorCodes } from '@ledgerd/schema/errors'
import * as z from 'zod'
import { type CliDocument, documentOf } from './cli-document.ts'
import { count, head, words } from './document-fields.ts'

interface RefusalDocument {
  readonly kind: 'refusal'
  readonly v: 1
  readonly error: ErrorDocument
}

const error = z.strictObject({
  code: z.enum(Object.keys(errorCodes) as ErrorCode[]).describe('From the closed list of PROTOCOL.md §7.'),
  message: words('The reason in words.'),
  retryable: z.boolean().describe('Whether the same draft may be taken later.'),
  outcome: z
    .enum(['absent', 'present', 'unknown'])
    .optional()
    .describe('Whether the line is on disk: unknown asks for a retry under the same id or key.'),
  retryAfterMs: count('The least time to wait before a retry, in milliseconds.').optional(),
  details: z.record(z.string(), z.unknown()).optional().describe('What the message says, as data; differs by code.'),
})

export const refusal: CliDocument = documentOf<RefusalDocument>()({
  kind: 'refusal',
  commands: ['append --json'],
  form: 'item',
  title: 'Why one draft was not committed',
  when: 'in place of a receipt, for each draft that was refused by itself',
  model: z.strictObject({ ...head('refusal'), error: error.describe('The error, as the daemon says it.') }),
})
