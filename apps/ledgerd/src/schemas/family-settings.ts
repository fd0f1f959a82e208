// What an operator decides about a built-in family in `ledgerd.json`, beside the rule that says which ledgers have it:
// signatures and the keys that verify them, and limits. Checked strictly; data only, no code is loaded for it.
import { formatPointer } from '@ledgerd/canonical'
import type { LedgerSchema } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import * as z from 'zod'
import { builtInFamilyOf } from './built-in.ts'
import type { SchemaWish } from './load-schema.ts'

const audioModel = z.strictObject({
  signature: z
    .strictObject({
      isRequired: z.boolean().optional(),
      publicKeys: z
        .array(z.string().regex(/^[0-9a-f]{64}$/, { error: 'is no ed25519 public key of 64 lower-case hex digits' }))
        .optional(),
    })
    .optional(),
  loopsMax: z.int().nonnegative().optional(),
})

/** The family under the settings of a rule. Throws CONFIG_INVALID with the file and the pointer of what is wrong. */
export async function configureFamily(wish: SchemaWish): Promise<LedgerSchema> {
  const asker = wish.asker.replace(/\/package$/, '/settings')
  if (builtInFamilyOf(wish.package) !== 'audio-jobs')
    throw invalid(`${asker}: ${wish.package} takes no settings here; a package of your own configures itself`)
  const parsed = audioModel.safeParse(wish.settings)
  if (!parsed.success) {
    const [issue] = parsed.error.issues as [z.core.$ZodIssue]
    const key = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
    const pointer = formatPointer(
      [...issue.path, ...key].map((step) => (typeof step === 'number' ? step : String(step))),
    )
    throw invalid(`${asker}${pointer}: ${key.length > 0 ? 'there is no such setting' : issue.message}`)
  }
  const { configureAudioJobs } = await import('@ledgerd/schema-audio-jobs')
  const { signature: { isRequired, publicKeys } = {}, loopsMax } = parsed.data
  try {
    return configureAudioJobs({
      signature: {
        ...(isRequired === undefined ? {} : { isRequired }),
        ...(publicKeys === undefined ? {} : { publicKeys }),
      },
      ...(loopsMax === undefined ? {} : { loopsMax }),
    })
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    throw invalid(`${asker}/signature: ${error.message}`)
  }
}

function invalid(sentence: string): LedgerError {
  return new LedgerError('CONFIG_INVALID', sentence)
}
