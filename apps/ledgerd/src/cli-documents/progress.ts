// The `progress` document.
import * as z from 'zod'
import type { ProgressDocument } from '../cli/progress.ts'
import { type CliDocument, documentOf } from './cli-document.ts'
import { count, head } from './document-fields.ts'

export const progress: CliDocument = documentOf<ProgressDocument>()({
  kind: 'progress',
  commands: ['verify --json', 'stats --json', 'import --json'],
  form: 'status',
  title: 'How far a command has come',
  when: 'on stderr, once a second while it works; none with -q',
  model: z.strictObject({
    ...head('progress'),
    target: z
      .string()
      .describe('The ledger, file or - as it was named on the command line; how many of them, if several.'),
    bytes: count('Bytes done.'),
    lines: count('Lines done.'),
    totalBytes: count('Bytes in all; absent when nobody knows.').optional(),
    elapsedMs: count('Time since the command began on it, in milliseconds.'),
  }),
})
