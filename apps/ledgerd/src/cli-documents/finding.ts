// The `finding` document.
import type { Finding } from '@ledgerd/schema'
import * as z from 'zod'
import { type CliDocument, documentOf } from './cli-document.ts'
import { head } from './document-fields.ts'
import { findingShape } from './finding-model.ts'

export const finding: CliDocument = documentOf<Finding & { readonly kind: 'finding'; readonly v: 1 }>()({
  kind: 'finding',
  commands: ['import --follow --json'],
  form: 'item',
  title: 'What is wrong with one line that came while a file is followed',
  when: 'for each error or warning about a line that was not there at the start',
  model: z.strictObject({ ...head('finding'), ...findingShape }),
})
