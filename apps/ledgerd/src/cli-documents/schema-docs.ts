// The `schema-docs` document.
import * as z from 'zod'
import type { SchemaDocsDocument } from '../cli/schema-docs-run.ts'
import { type CliDocument, documentOf } from './cli-document.ts'
import { count, head } from './document-fields.ts'

const held = z.strictObject({
  ledger: z.string().describe('The ledger or file as it was named on the command line.'),
  lines: count('How many of its lines are of this version.'),
  firstSeq: count('The sequence number of the first of them.'),
  lastSeq: count('The sequence number of the last of them.'),
})

const stored = z.strictObject({
  version: z.string().describe('Event type and version, as in door.opened@2.'),
  ledgers: z.array(held).describe('What each ledger holds of it.'),
})

export const schemaDocs: CliDocument = documentOf<SchemaDocsDocument>()({
  kind: 'schema-docs',
  commands: ['schema docs --json'],
  form: 'document',
  title: 'The pages of a schema package, and what ledgers hold of each version',
  when: 'once',
  model: z.strictObject({
    ...head('schema-docs'),
    name: z.string().describe('The name of the package.'),
    stored: z.array(stored).describe('What the ledgers named by --ledger hold.'),
    pages: z.record(z.string(), z.string()).describe('The text of each page in Markdown, by file name.'),
  }),
})
