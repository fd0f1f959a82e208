// The `acceptance-summary` document.
import * as z from 'zod'
import type { AcceptSummary } from '../cli/accept-text.ts'
import { type CliDocument, documentOf } from './cli-document.ts'
import { count, head, target } from './document-fields.ts'

const metric = z.strictObject({
  metric: z.string().describe('The name of the score.'),
  bound: z.string().describe('The threshold, as in ">= 0.35".'),
  isRequired: z.boolean().describe('Whether a window needs it to be accepted.'),
  pass: count('Windows that pass.'),
  fail: count('Windows that fail.'),
  absent: count('Windows in which it was not measured.'),
})

export const acceptanceSummary: CliDocument = documentOf<AcceptSummary>()({
  kind: 'acceptance-summary',
  commands: ['accept --json'],
  form: 'document',
  title: 'The verdicts on all windows of an audio ledger, counted',
  when: 'once, behind the last acceptance',
  model: z.strictObject({
    ...head('acceptance-summary'),
    target,
    windows: count('Windows that were judged; where there is none, nothing is accepted, and the exit code is 7.'),
    accepted: count('Windows that are accepted.'),
    refused: count('Windows that are not.'),
    others: count('Review and tool rows, and windows of another version: not judged.'),
    unreadable: count('Lines that could not be read.'),
    metrics: z.array(metric).describe('Every metric with a threshold, required ones first.'),
  }),
})
