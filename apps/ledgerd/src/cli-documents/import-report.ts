// The `import-report` document.
import * as z from 'zod'
import type { ImportReport } from '../cli/import-text.ts'
import { type CliDocument, documentOf } from './cli-document.ts'
import { count, head, ledger, sha256, tally, words } from './document-fields.ts'
import { finding, findingCounts } from './finding-model.ts'

const file = z.strictObject({
  file: z.string().describe('The path of the file.'),
  bytes: count('Its size in bytes.'),
  sha256: sha256('The hash of its bytes.'),
})

const model = z.strictObject({
  ...head('import-report'),
  family: z.string().describe('The format of the source, as --family named it.'),
  source: z.string().describe('The file, folder or index as it was named on the command line.'),
  files: z.array(file).describe('The files behind the source; empty when it is one file taken byte for byte.'),
  schema: z.string().describe('Name and version of the schema that judged the lines.'),
  ledger,
  file: z.string().nullable().describe('Where the ledger lies, or would; null for a dry run without a data folder.'),
  action: z
    .enum(['copied', 'unchanged', 'in-place', 'dry-run', 'followed'])
    .describe('What was done. unchanged: it was there already. in-place: only checked, where it lies.'),
  status: z.enum(['ok', 'empty', 'corrupt']).describe('corrupt: a line is wrong; it is imported as it is.'),
  bytes: count('Size of the ledger in bytes.'),
  lines: count('Physical lines, blank ones included.').nullable(),
  sha256: sha256('The hash of the bytes of the ledger.'),
  root: sha256('RFC 6962 root over the lines; null when not computed.').nullable(),
  variants: tally('Lines for each documented form that they are written in.'),
  profile: z
    .string()
    .nullable()
    .describe('The writer profile that the lines speak for; null when they speak for none.'),
  conflict: words('Why they speak for none; null when they speak for one.').nullable(),
  counts: findingCounts('All findings, also those that are not listed.'),
  findings: z.array(finding).describe('Those about files first, then those about lines; a long list is cut.'),
})

export const importReport: CliDocument = documentOf<ImportReport>()({
  kind: 'import-report',
  commands: ['import --json'],
  form: 'document',
  title: 'What the import of one source found and did',
  when: 'for each source; with --follow at the first copy and again at the end',
  model,
})
