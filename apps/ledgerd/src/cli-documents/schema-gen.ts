// The `schema-gen` document.
import * as z from 'zod'
import type { SchemaGenDocument } from '../cli/schema-gen-run.ts'
import { type CliDocument, documentOf } from './cli-document.ts'
import { head } from './document-fields.ts'

const file = z.strictObject({
  file: z.string().describe('The path of the file.'),
  state: z
    .enum(['unchanged', 'written', 'changed', 'stale', 'missing', 'removed', 'left over'])
    .describe('What was done with it; with --check, what would be: stale, missing and left over are a no.'),
})

export const schemaGen: CliDocument = documentOf<SchemaGenDocument>()({
  kind: 'schema-gen',
  commands: ['schema gen --json'],
  form: 'document',
  title: 'The files that follow from a schema package',
  when: 'once, with and without --check',
  model: z.strictObject({
    ...head('schema-gen'),
    name: z.string().describe('The name of the package.'),
    version: z.string().describe('Its version.'),
    files: z.array(file).describe('Every generated file.'),
  }),
})
