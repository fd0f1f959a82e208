// The `schema-compatibility` document.
import type { CompatibilityFinding, CompatibilityReport, SourcePlace } from '@ledgerd/schema-tools'
import * as z from 'zod'
import { type CliDocument, documentOf } from './cli-document.ts'
import { count, head, sha256, words } from './document-fields.ts'
import { sourcePlace } from './source-place.ts'

interface CompatibilityDocument extends Omit<CompatibilityReport, 'findings'> {
  readonly findings: readonly (CompatibilityFinding & { readonly at: SourcePlace })[]
}

const rule = z.enum([
  'EVENT_TYPE_ADDED',
  'EVENT_TYPE_REMOVED',
  'EVENT_TYPE_RENAMED',
  'FIELD_ADDED_OPTIONAL',
  'FIELD_ADDED_REQUIRED',
  'FIELD_REMOVED_OPTIONAL',
  'FIELD_REMOVED_REQUIRED',
  'FIELD_OPTIONAL_TO_REQUIRED',
  'FIELD_REQUIRED_TO_OPTIONAL',
  'TYPE_WIDENED',
  'TYPE_NARROWED',
  'CONSTRAINT_LOOSENED',
  'CONSTRAINT_TIGHTENED',
  'ENUM_VALUE_ADDED',
  'ENUM_VALUE_REMOVED',
  'NULLABILITY_CHANGED',
  'OPEN_TO_STRICT',
  'META_CHANGED',
  'PII_LOWERED',
  'PII_RAISED',
  'LINE_CHANGED',
  'FROZEN_VERSION_CHANGED',
  'UPCASTER_CHANGED',
  'UPCASTER_MISSING',
  'UPCASTER_PARTIAL',
  'VALIDATOR_VERSION_CHANGED',
  'CODE_IN_SCHEMA',
  'UNPROVEN',
  'SEMVER_TOO_SMALL',
  'SUPPRESSION_EXPIRED',
])
const effect = z.enum(['ok', 'warn', 'break', 'unknown', 'dangerous'])
const step = z.enum(['none', 'patch', 'minor', 'major'])

const refusal = z.strictObject({
  at: z
    .enum(['type', 'model', 'step', 'result'])
    .describe('model: it does not fit its own version. step: an upcaster failed. result: what that made does not fit.'),
  version: count('The version whose model refused, or from which the step started.'),
  path: z.string().describe('RFC 6901 pointer into the payload, where it is known.'),
  message: words('The same in words.'),
})

const counterExample = z
  .strictObject({
    document: z.unknown().describe('A payload that the old version accepts.'),
    refusal: refusal.describe('Why it cannot be read.'),
  })
  .describe('A document that was run and that the new package cannot read; the smallest that was found.')

const side = z.strictObject({
  name: z.string().describe('The name of the package.'),
  version: z.string().describe('Its version.'),
  digest: z.string().describe('The hash of its frozen form.'),
})

const failure = z.strictObject({
  seq: count('The sequence number of the line.'),
  offset: count('Where it begins, in bytes from the start of the file.'),
  type: z.string().optional().describe('Its event type, as far as it can be read.'),
  version: count('The version it was written under.').optional(),
  path: z.string().describe('RFC 6901 pointer into the payload, where it is known.'),
  message: words('Why it cannot be read.'),
})

const evidence = z.strictObject({
  ledger: z.string().describe('The ledger or file as it was named on the command line.'),
  lines: count('Lines that were run through the new version.'),
  bytes: count('Their size in bytes.'),
  root: sha256('RFC 6962 root over them.'),
  failed: count('Lines that the new version cannot read.'),
  failures: z.array(failure).describe('The first of them.'),
  undeclared: count('Lines of types that neither side declares.'),
})

const tried = z.strictObject({
  type: z.string().describe('The event type.'),
  version: count('The stored version whose documents were tried.'),
  passed: count('Documents that were read.'),
  counterExample: counterExample.optional(),
  open: words('Why nothing can be said about this version.').optional(),
})

const finding = z.strictObject({
  rule: rule.describe('The rule that found it.'),
  severity: z.enum(['error', 'warning', 'info']).describe('An error makes the answer no.'),
  pointer: z.string().describe('From the root of the schema, as in /events/door.opened/by.'),
  message: words('What differs.'),
  fix: words('What to do.'),
  bump: z
    .enum(['none', 'patch', 'minor', 'major', 'family', 'forbidden'])
    .describe('The least step of the version; family and forbidden: no version makes it right.'),
  backward: effect.describe('What it means for the new package that reads old documents.'),
  forward: effect.describe('What it means for an old reader of new documents.'),
  old: z.unknown().optional().describe('The old side of the difference.'),
  new: z.unknown().optional().describe('The new side of the difference.'),
  counterExample: counterExample.optional(),
  suppressed: words('The reason of the suppression that covers it.').optional(),
  at: sourcePlace,
})

export const schemaCompatibility: CliDocument = documentOf<CompatibilityDocument>()({
  kind: 'schema-compatibility',
  commands: ['schema check --format json'],
  form: 'document',
  title: 'Whether a schema package reads what an older one accepts',
  when: 'once, when both sides could be loaded',
  model: z.strictObject({
    ...head('schema-compatibility'),
    mode: z.enum(['BACKWARD_TRANSITIVE', 'FULL']).describe('FULL: old readers count, too.'),
    old: side.describe('The old side.'),
    new: side.describe('The new side.'),
    verdict: z
      .enum(['compatible', 'incompatible', 'unknown'])
      .describe('compatible: proven and tried. incompatible: a counter-example was run. unknown: anything else.'),
    scope: z
      .enum(['all', 'ledgers'])
      .describe('ledgers: the verdict holds for the replayed ledgers, as they were, and for nothing else.'),
    ledgers: z.array(evidence).describe('The ledgers that were replayed.'),
    seed: count('The seed of the generated documents; the same seed gives the same documents.'),
    documents: count('How many documents of each stored version were wanted.'),
    requiredStep: step.describe('The least step of the version that the differences ask for.'),
    actualStep: step.describe('The step that was taken.'),
    tried: z.array(tried).describe('What was tried, by stored version.'),
    findings: z.array(finding).describe('Every difference.'),
  }),
})
