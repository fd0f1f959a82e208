// The `version` document.
import * as z from 'zod'
import type { VersionDocument } from '../cli/version.ts'
import { type CliDocument, documentOf } from './cli-document.ts'
import { count, head } from './document-fields.ts'

export const version: CliDocument = documentOf<VersionDocument>()({
  kind: 'version',
  commands: ['version --json'],
  form: 'document',
  title: 'Which ledgerd this is, and what it runs on',
  when: 'once',
  model: z.strictObject({
    ...head('version'),
    ledgerd: z.string().describe('The version of ledgerd.'),
    node: z.string().describe('The version of Node.js, with its v.'),
    platform: z.string().describe('The operating system, as Node.js names it.'),
    arch: z.string().describe('The processor, as Node.js names it.'),
    protocol: count('The version of the protocol that it speaks.'),
  }),
})
