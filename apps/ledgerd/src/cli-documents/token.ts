// The `token` document.
import * as z from 'zod'
import type { Grant } from '../auth/grant.ts'
import { type CliDocument, documentOf } from './cli-document.ts'
import { head, time } from './document-fields.ts'

interface TokenDocument extends Omit<Grant, 'sha256'> {
  readonly kind: 'token'
  readonly v: 1
  readonly expired: boolean
}

export const token: CliDocument = documentOf<TokenDocument>()({
  kind: 'token',
  commands: ['token list --json'],
  form: 'item',
  title: 'Who has a token, and what it allows; never the token',
  when: 'for each token on file, expired ones too',
  model: z.strictObject({
    ...head('token'),
    name: z.string().describe('Whose it is.'),
    allow: z.array(z.enum(['append', 'read', 'admin'])).describe('What it allows.'),
    ledgers: z
      .array(z.string())
      .describe('Ids and patterns of the ledgers it is for; empty when it allows admin alone.'),
    created: time('When it was made.'),
    expires: time('When it ends; absent when it never does.').optional(),
    draftsPerSecondMax: z
      .int()
      .min(1)
      .optional()
      .describe("Drafts a second that it may append, on average; absent for the daemon's own limit."),
    expired: z.boolean().describe('Whether it has ended.'),
  }),
})
