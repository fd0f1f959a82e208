// The `acceptance` document.
import * as z from 'zod'
import type { JudgedWindow } from '../cli/accept-text.ts'
import { type CliDocument, documentOf } from './cli-document.ts'
import { head, seq } from './document-fields.ts'

const metric = z.strictObject({
  metric: z.string().describe('The name of the score.'),
  verdict: z.enum(['pass', 'fail', 'absent']).describe('absent: it was not measured.'),
  isRequired: z.boolean().describe('Whether the window needs it to be accepted.'),
  found: z.string().nullable().describe('The score as the record spells it; null when it was not measured.'),
  bound: z.string().describe('The threshold, as in ">= 0.35".'),
})

export const acceptance: CliDocument = documentOf<JudgedWindow>()({
  kind: 'acceptance',
  commands: ['accept --json'],
  form: 'item',
  title: 'The verdict on one window of an audio ledger',
  when: 'for each window, in the order of the lines',
  model: z.strictObject({
    ...head('acceptance'),
    seq,
    job: z.string().describe('The id of the job; empty when the record names none.'),
    phase: z.string().describe('The phase that made the window.'),
    isAccepted: z.boolean().describe('Whether every required metric passes and no optional one fails.'),
    metrics: z.array(metric).describe('Every metric with a threshold, required ones first.'),
  }),
})
