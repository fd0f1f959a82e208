// The `stats` document.
import * as z from 'zod'
import type { Stats } from '../cli/stats-document.ts'
import { type CliDocument, documentOf } from './cli-document.ts'
import { count, head, sha256, tally, target, time, words } from './document-fields.ts'

const stop = z.strictObject({
  reason: z.string().describe('The name of the reason, from the table in docs/operating/README.md.'),
  since: time('When it stopped; null where only a daemon could know.').nullable(),
  message: words('What was found.'),
  remedy: words('What to do.'),
})

const model = z.strictObject({
  ...head('stats'),
  target,
  schema: z.string().describe('Name and version of the schema that the ledger is written under.'),
  schemaDigest: sha256('The hash of the frozen schema; null when it is not at hand.').nullable(),
  epoch: count('How often the ledger changed its writer; null where no daemon has opened it.').nullable(),
  state: z
    .string()
    .nullable()
    .describe(
      'How the ledger stands in the words of its daemon; by file null, unless a daemon on the folder has stopped it.',
    ),
  stop: stop.nullable().describe('Why it takes no appends; null when it does.'),
  tailBytes: count('Bytes behind the committed end, or behind the last line feed; not counted.'),
  withheldLines: count('Lines of a damaged ledger that its daemon does not give out; not counted.'),
  lines: count('Lines that end in LF, blank ones included.'),
  blankLines: count('Blank lines.'),
  bytes: count('Bytes of the lines, LF included.'),
  sha256: sha256('The hash of the lines, which for a file that ends in LF is the hash of the file.'),
  root: sha256('RFC 6962 root over the lines.'),
  types: tally('Lines for each event type.'),
  untyped: count('Lines whose type cannot be read.'),
  variants: tally('Lines for each documented form that they are written in.'),
  earliest: time('The earliest time of any line; null when no line tells one.').nullable(),
  latest: time('The latest time of any line; null when no line tells one.').nullable(),
  ledgerHash: sha256(
    'kernel-runs: the hash of Ledger Specification §5.3; null elsewhere, and where a line is no entry.',
  ).nullable(),
})

export const stats: CliDocument = documentOf<Stats>()({
  kind: 'stats',
  commands: ['stats --json'],
  form: 'document',
  title: 'What is in one ledger, and how it stands',
  when: 'for each ledger that is meant',
  model,
})
