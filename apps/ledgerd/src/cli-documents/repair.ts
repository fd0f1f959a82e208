// The `repair` document.
import * as z from 'zod'
import type { RepairDocument } from '../cli/repair-run.ts'
import { type CliDocument, documentOf } from './cli-document.ts'
import { count, head, target, words } from './document-fields.ts'

export const repair: CliDocument = documentOf<RepairDocument>()({
  kind: 'repair',
  commands: ['repair --json'],
  form: 'document',
  title: 'What a crash left at the end of a file, and what was done about it',
  when: 'once, for a dry run and with --apply',
  model: z.strictObject({
    ...head('repair'),
    target,
    verdict: z
      .enum(['nothing', 'unfinished', 'repairable', 'damaged'])
      .describe(
        'damaged: a line is wrong, and no repair touches it. unfinished: an earlier repair was interrupted; --apply ends it.',
      ),
    isApplied: z.boolean().describe('Whether it was done.'),
    message: words('What was found.'),
    offset: count('Where the bytes begin that are copied aside; null when there are none.').nullable(),
    bytesCopied: count('Bytes that are copied aside.'),
    bytesSetAside: count('Bytes of those that the file has no more.'),
    addsLineFeed: z.boolean().describe('Whether a line feed is put behind the last line.'),
    aside: z.string().describe('The folder of the copies.'),
  }),
})
