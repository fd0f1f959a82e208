// The `verify-report` document.
import type { VerifyReport } from '@ledgerd/verify'
import * as z from 'zod'
import { type CliDocument, documentOf } from './cli-document.ts'
import { count, head, ledger, sha256, tally, target, words } from './document-fields.ts'
import { finding, findingCounts } from './finding-model.ts'

const level = z.enum(['tail', 'lines', 'tree', 'schema', 'signed', 'anchored', 'artifacts'])

const result = z.strictObject({
  state: z.enum(['ok', 'failed', 'not-checked']).describe('not-checked is not ok: it says nothing about the ledger.'),
  detail: words('What was covered, what failed, or why it was not checked.'),
})

const evidence = z.strictObject({
  name: z.enum(['head-record', 'adoption', 'daemon']).describe('Who recorded it.'),
  lines: count('How many lines it covers.'),
  bytes: count('How many bytes it covers.'),
  root: sha256('The RFC 6962 root it states.'),
  matches: z.boolean().describe('Whether the file has this root at this size.'),
})

const model = z.strictObject({
  ...head('verify-report'),
  target,
  ledger,
  schema: z.string().describe('Name and version of the schema that judged the lines.'),
  level: level.describe('The level asked for; each includes those before it.'),
  isStrict: z.boolean().describe('Whether warnings fail.'),
  status: z
    .enum(['ok', 'empty', 'corrupt'])
    .describe('empty: no record. corrupt: an error that was not there when the file was adopted.'),
  coverage: z
    .enum(['full', 'partial', 'tail'])
    .describe('partial: the run was stopped, or began later. tail: only the last line was read.'),
  fromLine: z.int().min(1).optional().describe('The first line looked at, from 1; only where the run began later.'),
  lines: count('Physical lines checked, blank ones included; null when only the tail was read.').nullable(),
  bytes: count('Bytes checked.'),
  root: sha256('RFC 6962 root over the checked lines; null when not computed.').nullable(),
  lastEventId: z.string().nullable().describe('The id of the last event when status is ok, otherwise null.'),
  levels: z
    .strictObject({
      tail: result.describe('The last line.'),
      lines: result.describe('Every line by itself.'),
      tree: result.describe('All lines against the recorded root and leaf hashes.'),
      schema: result.describe('Types, payloads, invariants, identities.'),
      signed: result.describe('Signed checkpoints.'),
      anchored: result.describe('Checkpoints kept elsewhere.'),
      artifacts: result.describe('The files that lines refer to.'),
    })
    .describe('Every level with its state, whether asked for or not.'),
  variants: tally('Lines for each documented form that they are written in.'),
  evidence: z.array(evidence).describe('Sizes and roots recorded earlier that the file was compared with.'),
  trustworthyLines: count(
    'Lines 1 to this one carry no error and agree with the evidence; null when only the tail was read.',
  ).nullable(),
  uncheckedBytes: count(
    'Bytes that were not looked at: behind the committed end, being written, or before the part asked for.',
  ),
  findings: z.array(finding).describe('What was found, in the order of the lines; a long list is cut.'),
  history: z.array(finding).describe('Findings that the file had already when it was adopted; they fail nothing.'),
  counts: findingCounts('All findings, also those that are not listed.'),
  historyCounts: findingCounts('All findings from before the adoption.'),
})

export const verifyReport: CliDocument = documentOf<VerifyReport>()({
  kind: 'verify-report',
  commands: ['verify --json'],
  form: 'document',
  title: 'What the verification of one ledger or file found',
  when: 'for each target, whatever the verdict',
  model,
})
