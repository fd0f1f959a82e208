// The `receipt` document.
import * as z from 'zod'
import type { ReceiptLine } from '../cli/append-run.ts'
import { type CliDocument, documentOf } from './cli-document.ts'
import { count, head, ledger, seq, sha256 } from './document-fields.ts'

const model = z.strictObject({
  ...head('receipt'),
  ledger,
  seq,
  eventId: z.string().describe('The id of the event.'),
  leafHash: sha256('RFC 6962 leaf hash of the line.'),
  duplicate: z.boolean().describe('Whether the line was there already under this id or key; nothing was written then.'),
  epoch: count('How often the ledger had changed its writer when it answered.'),
  durable: z.string().describe('How far the line is safe: fsync. A word you do not know means: not durable.'),
})

export const receipt: CliDocument = documentOf<ReceiptLine & { readonly kind: 'receipt'; readonly v: 1 }>()({
  kind: 'receipt',
  commands: ['append --json'],
  form: 'item',
  title: 'The receipt of one draft that is on disk',
  when: 'for each draft that was committed, or had been',
  model,
})
