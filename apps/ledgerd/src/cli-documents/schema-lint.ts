// The `schema-lint` document.
import type { LintFinding, SourcePlace } from '@ledgerd/schema-tools'
import * as z from 'zod'
import { type CliDocument, documentOf } from './cli-document.ts'
import { head, words } from './document-fields.ts'
import { sourcePlace } from './source-place.ts'

interface SchemaLintDocument {
  readonly kind: 'schema-lint'
  readonly v: 1
  readonly name: string
  readonly version: string
  readonly findings: readonly (LintFinding & { readonly at: SourcePlace })[]
}

const finding = z.strictObject({
  rule: z
    .enum(['MODEL_NOT_PLAIN', 'NUMBER_UNTYPED', 'DUPLICATE_ZOD', 'PACKAGE_INCOMPLETE', 'PACKAGE_MISNAMED'])
    .describe('The rule that is broken.'),
  severity: z.enum(['error', 'warning']).describe('An error makes the exit code 1.'),
  pointer: z.string().describe('Into the schema, with @<version>; of findings about the package, into package.json.'),
  message: words('What is wrong.'),
  fix: words('What to do.'),
  at: sourcePlace,
})

export const schemaLint: CliDocument = documentOf<SchemaLintDocument>()({
  kind: 'schema-lint',
  commands: ['schema check --lint --format json'],
  form: 'document',
  title: 'What is wrong with a schema package by itself',
  when: 'once',
  model: z.strictObject({
    ...head('schema-lint'),
    name: z.string().describe('The name of the package.'),
    version: z.string().describe('Its version.'),
    findings: z.array(finding).describe('In the order of the schema; those about package.json last.'),
  }),
})
