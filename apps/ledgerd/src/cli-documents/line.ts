// The `line` document. The record in it is the text of the line, which no compiler can see; the conformance test does.
import * as z from 'zod'
import { type CliDocument, documentOf } from './cli-document.ts'
import { count, head, ledger, seq } from './document-fields.ts'

const model = z.strictObject({
  ...head('line'),
  ledger,
  seq,
  offset: count('Where the line begins, in bytes from the start of the file; absent when a daemon sent it.').optional(),
  eventId: z.string().nullable().describe('The id of the event; null when the line tells none.'),
  type: z.string().nullable().describe('The event type; null when the line tells none.'),
  time: z.string().nullable().describe('The time of the event as the line spells it; null when it tells none.'),
  link: z.string().nullable().describe('What the event belongs to; null when the line tells nothing.'),
  record: z
    .unknown()
    .describe('The line as it is spelled, number for number; null when it is not JSON, and then base64 is there.'),
  base64: z.base64().optional().describe('The bytes of a line that is not JSON.'),
})

export const line: CliDocument = documentOf<z.output<typeof model>>()({
  kind: 'line',
  commands: ['cat --json', 'tail --json', 'get --json'],
  form: 'item',
  title: 'One line of a ledger, with its place',
  when: 'for each line that is wanted',
  model,
})
