// What one line says: the fields of a kernel run (seed §4), as a type and as the model that drafts are checked against.
import { event, field, text } from '@ledgerd/schema'
import type { EventBuilder } from '@ledgerd/schema'
import * as z from 'zod'
import { type ContentHash, contentHashPattern } from './content-hash.ts'
import { type ExecutionMode, originalModes, seedModes } from './execution-mode.ts'

export const kernelResultKinds = ['BUNDLE', 'CLARIFY', 'REFUSE'] as const
export const policyProfileNames = ['strict', 'default', 'dev'] as const

export type KernelResultKind = (typeof kernelResultKinds)[number]
export type PolicyProfileName = (typeof policyProfileNames)[number]

/** A whole line as a value. Fields that this version does not know are kept, written again and hashed (seed §8.3). */
export interface LedgerEntry {
  readonly run_id: string
  readonly timestamp: string
  readonly intent_sha256: ContentHash
  readonly bundle_sha256: ContentHash | null
  readonly result_kind: KernelResultKind
  readonly accepted: boolean
  readonly mode: ExecutionMode
  readonly policy: PolicyProfileName
  readonly [unknown: string]: unknown
}

const hashText = (): z.ZodString => text().regex(contentHashPattern, 'Must be sha256: and 64 lower-case hex digits')

/**
 * A draft is an entry without `timestamp`, which the daemon stamps. `run_id` may be left to the draft's id. The models of
 * later versions may add optional fields only (seed §8.3).
 */
const runModel = z.looseObject({
  run_id: text().min(1).optional(),
  intent_sha256: field(hashText(), { artifact: { algo: 'sha256', role: 'intent' } }),
  bundle_sha256: field(hashText().nullable(), { artifact: { algo: 'sha256', role: 'bundle' } }),
  result_kind: z.enum(kernelResultKinds),
  accepted: z.boolean(),
  mode: z.enum([...seedModes, ...originalModes]),
  policy: z.enum(policyProfileNames),
})

export const run: EventBuilder<typeof runModel> = event(runModel)
