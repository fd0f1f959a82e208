// The `doctor` document.
import * as z from 'zod'
import type { DoctorReport } from '../cli/doctor-report.ts'
import { type CliDocument, documentOf } from './cli-document.ts'
import { head, words } from './document-fields.ts'

const check = z.strictObject({
  name: z.string().describe('What was looked at; a name may come more than once.'),
  level: z
    .enum(['ok', 'note', 'warning', 'wrong'])
    .describe('note: nothing to do. warning: works, but not as promised. wrong: somebody must act.'),
  message: words('What was found.'),
  fix: z.string().optional().describe('A command to run, or what to do in words; always there for warning and wrong.'),
})

export const doctor: CliDocument = documentOf<DoctorReport>()({
  kind: 'doctor',
  commands: ['doctor --json'],
  form: 'document',
  title: 'What keeps a data folder from being served well',
  when: 'once',
  model: z.strictObject({
    ...head('doctor'),
    folder: z.string().describe('The folder looked at, as a full path.'),
    isWell: z.boolean().describe('Whether no check is wrong.'),
    checks: z.array(check).describe('Every check with its verdict.'),
  }),
})
