// The schema that `ledgerd verify` checks under when a public key is named: the same lines, their signatures verified.
import type { LedgerSchema } from '@ledgerd/schema'
import { builtInFamilyOf } from '../schemas/built-in.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { importSchema } from './import-schema.ts'

/** Throws CliError for lines that carry no signatures and for a file that cannot be read, CONFIG_INVALID for no key. */
export async function withPublicKey(schema: LedgerSchema, publicKey: string | undefined): Promise<LedgerSchema> {
  if (publicKey === undefined) return schema
  const family = builtInFamilyOf(schema.name)
  if (family === undefined)
    throw new CliError(exitCodes.usage, `--public-key is not for ${schema.name}: it has its own configuration`)
  return await importSchema({ family, publicKey })
}
