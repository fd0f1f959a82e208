// The schema that `ledgerd verify` checks under beyond the family: as ledgerd.json beside the ledger configures it, as its
// daemon does, or under a public key that is named, whatever the folder says.
import path from 'node:path'
import type { LedgerSchema } from '@ledgerd/schema'
import { builtInFamilyOf } from '../schemas/built-in.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { configureFamily } from '../schemas/family-settings.ts'
import { parseSchemaConfig } from '../schemas/schema-rules.ts'
import { readConfigFile } from '../storage/config-file.ts'
import { importSchema } from './import-schema.ts'

/** Throws CliError for lines that carry no signatures and for a file that cannot be read, CONFIG_INVALID for no key. */
export async function withPublicKey(schema: LedgerSchema, publicKey: string | undefined): Promise<LedgerSchema> {
  if (publicKey === undefined) return schema
  const family = builtInFamilyOf(schema.name)
  if (family === undefined)
    throw new CliError(exitCodes.usage, `--public-key is not for ${schema.name}: it has its own configuration`)
  return await importSchema({ family, publicKey })
}

/** The schema under the settings of the first rule that matches, if it is one for this family. Throws CONFIG_INVALID. */
export async function underSettings(
  schema: LedgerSchema,
  place: { readonly ledger: string; readonly folder: string } | undefined,
): Promise<LedgerSchema> {
  if (place === undefined) return schema
  const { ledger, folder } = place
  const root = folder.slice(0, -path.join('.ledgerd', 'ledgers', `${ledger}.jsonl`).length)
  const config = readConfigFile(root)
  if (config === undefined) return schema
  const rule = parseSchemaConfig(config.text, config.file, root).find(({ matches }) => matches(ledger))
  if (rule?.wish.settings === undefined) return schema
  const configured = await configureFamily(rule.wish)
  return configured.name === schema.name ? configured : schema
}
