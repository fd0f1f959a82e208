// The `schema-new` document.
import * as z from 'zod'
import type { SchemaNewDocument } from '../cli/schema-new-run.ts'
import { type CliDocument, documentOf } from './cli-document.ts'
import { count, head } from './document-fields.ts'

const inferred = z.strictObject({
  type: z.string().describe('The event type.'),
  lines: count('The lines it was drafted from.'),
})

export const schemaNew: CliDocument = documentOf<SchemaNewDocument>()({
  kind: 'schema-new',
  commands: ['schema new --json'],
  form: 'document',
  title: 'The schema package that was written',
  when: 'once',
  model: z.strictObject({
    ...head('schema-new'),
    name: z.string().describe('The npm name of the package.'),
    folder: z.string().describe('Where it lies.'),
    files: z.array(z.string()).describe('The files that were written.'),
    inferred: z.array(inferred).describe('The events that were drafted from stored lines.'),
    skipped: count('Lines that named no event type and were passed over.'),
  }),
})
