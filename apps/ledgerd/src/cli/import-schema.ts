// The schema that an import checks under: the family's own, or the same with what only the operator knows.
import { readFile } from 'node:fs/promises'
import type { LedgerSchema } from '@ledgerd/schema'
import { type BuiltInFamily, loadBuiltIn } from '../schemas/built-in.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { asCliError } from './file-bytes.ts'

export interface ImportSchemaFlags {
  readonly family: BuiltInFamily
  readonly publicKey?: string
}

/** Throws CliError for a key file that cannot be read, CONFIG_INVALID for one that holds no key. */
export async function importSchema({ family, publicKey }: ImportSchemaFlags): Promise<LedgerSchema> {
  if (publicKey === undefined) return await loadBuiltIn(family)
  if (family !== 'audio-jobs')
    throw new CliError(exitCodes.usage, `--public-key is not for ${family}: its lines carry no signatures`)
  const { configureAudioJobs } = await import('@ledgerd/schema-audio-jobs')
  return configureAudioJobs({ signature: { publicKeys: [await readKey(publicKey)] } })
}

async function readKey(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    throw asCliError(error, file)
  }
}
