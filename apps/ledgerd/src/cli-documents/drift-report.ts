// The `drift-report` document.
import * as z from 'zod'
import type { DriftReport } from '../cli/drift-text.ts'
import { type CliDocument, documentOf } from './cli-document.ts'
import { count, head } from './document-fields.ts'

const seedValue = z.union([z.string(), z.number()]).nullable()
const seed = z.strictObject({
  stage: z.string().describe('The stage that recorded it.'),
  seed: z.string().describe('Its name.'),
  before: seedValue.describe('Its value; null when it was not recorded.'),
  after: seedValue.describe('Its value; null when it was not recorded.'),
})

const ordering = z.strictObject({
  hash: z.string().nullable().describe('The hash of the ordered lines, with its algorithm in front.'),
  rule: z.string().nullable().describe('Who ordered the lines.'),
  count: count('How many lines.').nullable(),
  mode: z.string().nullable().describe('The mode of the build.'),
})

const range = z.strictObject({
  firstLine: count('From 1.'),
  lastLine: count('The last one, included.'),
})

const item = z.strictObject({
  drift: z
    .enum(['added', 'removed', 'changed', 'relabelled'])
    .describe('changed: hash or count differ, by order or by content. relabelled: only rule or mode do.'),
  stage: z.string().describe('The stage of the artifact.'),
  mode: z.string().nullable().describe('The mode of the build.'),
  artifact: z.string().describe('The name of the artifact.'),
  before: ordering.nullable().describe('Null when this build does not have the artifact.'),
  after: ordering.nullable().describe('Null when this build does not have the artifact.'),
  firstDifference: z
    .union([range, z.literal('unknown')])
    .nullable()
    .describe('Lines among which the first difference is; unknown without chunk hashes; null when no line differs.'),
  seeds: z.array(seed).describe('The seeds that changed and may explain it.'),
})

export const driftReport: CliDocument = documentOf<DriftReport>()({
  kind: 'drift-report',
  commands: ['drift --json'],
  form: 'document',
  title: 'Where the orderings of two builds part',
  when: 'once, when both builds could be loaded',
  model: z.strictObject({
    ...head('drift-report'),
    before: z.string().describe('The first build as it was named on the command line.'),
    after: z.string().describe('The second one.'),
    isStrict: z.boolean().describe('Whether seeds, rules and modes count, too.'),
    isSame: z.boolean().describe('Whether the exit code is 0.'),
    first: item.nullable().describe('The first artifact whose ordering differs, else the first with another label.'),
    seeds: z.array(seed).describe('All seeds that changed.'),
    artifacts: z.array(item).describe('All artifacts that differ, in the order of the first build.'),
  }),
})
