// Which schema reads the lines of a target. The flags decide, then what the daemon or the sidecar says, then the lines
// themselves. Code of third parties is loaded only when --schema names it: a folder that came from elsewhere runs nothing.
import path from 'node:path'
import type { LedgerSchema } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import { type BuiltInFamily, builtInFamilies, builtInFamilyOf, loadBuiltIn } from '../schemas/built-in.ts'
import { detectFamily, detectionBytes } from '../schemas/detect-family.ts'
import { loadSchema } from '../schemas/load-schema.ts'
import { isRaw, rawLines } from '../schemas/raw-lines.ts'
import { schemaOnRecord } from '../storage/origin.ts'
import { CliError } from './cli-error.ts'
import type { DaemonFlags } from './daemon-address.ts'
import { statOfLedger } from './daemon-stat.ts'
import { exitCodes } from './exit-code.ts'
import { openFile, readRange } from './file-bytes.ts'
import type { Io } from './io.ts'
import { findSidecarFolder } from './sidecar-files.ts'

export interface SchemaFlags {
  readonly family?: string
  readonly schema?: string
}

const usualFamily: BuiltInFamily = 'world-events'

/** What the flags name; undefined when they name nothing. Throws CliError and CONFIG_INVALID. */
export async function schemaOfFlags({ family, schema }: SchemaFlags): Promise<LedgerSchema | undefined> {
  if (family !== undefined && schema !== undefined)
    throw new CliError(exitCodes.usage, '--family and --schema exclude each other', 'choose one of them')
  if (schema !== undefined)
    return await loadSchema({ package: schema, folder: path.resolve('.'), asker: `--schema ${schema}` })
  if (family === undefined) return undefined
  const known = builtInFamilies.find((name) => name === family)
  if (known === undefined)
    throw new CliError(
      exitCodes.usage,
      `there is no family ${family}`,
      `one of ${builtInFamilies.join(', ')}; another package: --schema PACKAGE`,
    )
  return await loadBuiltIn(known)
}

/**
 * The schema of a bare file: by its sidecar, else by its first lines, else the usual one. Without a schema at hand a
 * stand-in for raw lines.
 */
export async function schemaOfFile(
  file: string,
  flags: SchemaFlags,
  usual: BuiltInFamily = usualFamily,
): Promise<LedgerSchema> {
  const named = await schemaOfFlags(flags)
  if (named !== undefined) return named
  const sidecar = findSidecarFolder(file)
  const recorded = sidecar === undefined ? undefined : schemaOnRecord(sidecar.folder)
  if (recorded !== undefined) return await schemaNamed(recorded.name)
  const handle = await openFile(file)
  try {
    return await loadBuiltIn(detectFamily(await readRange(handle, 0, detectionBytes)) ?? usual)
  } finally {
    await handle.close()
  }
}

/** The schema of lines that begin like this. */
export async function schemaOfBeginning(beginning: Uint8Array, flags: SchemaFlags): Promise<LedgerSchema> {
  return (await schemaOfFlags(flags)) ?? (await loadBuiltIn(detectFamily(beginning) ?? usualFamily))
}

/** Asks a daemon for the schemas of its ledgers, once for each. */
export class DaemonSchemas {
  readonly #flags: DaemonFlags & SchemaFlags
  readonly #io: Io
  readonly #known: Map<string, Promise<LedgerSchema>> = new Map()

  constructor(flags: DaemonFlags & SchemaFlags, io: Io) {
    this.#flags = flags
    this.#io = io
  }

  /** Throws what asking a daemon can throw. */
  of(ledger: string): Promise<LedgerSchema> {
    const known = this.#known.get(ledger) ?? this.#ask(ledger)
    this.#known.set(ledger, known)
    return known
  }

  async #ask(ledger: string): Promise<LedgerSchema> {
    const named = await schemaOfFlags(this.#flags)
    if (named !== undefined) return named
    const { schema } = await statOfLedger(ledger, this.#flags, this.#io)
    return await schemaNamed(schema)
  }
}

/** Refuses to judge lines whose schema is not at hand. */
export function assertAtHand(schema: LedgerSchema, name: string): LedgerSchema {
  if (!isRaw(schema)) return schema
  throw new CliError(
    exitCodes.undecided,
    `the lines of ${name} are ${schema.name}, which is not at hand; nothing was decided`,
    `npm install ${schema.name}, then --schema ${schema.name}`,
  )
}

async function schemaNamed(name: string): Promise<LedgerSchema> {
  const family = builtInFamilyOf(name)
  if (family === undefined) return rawLines(name)
  const schema = await loadBuiltIn(family)
  if (schema.name !== name) throw new LedgerError('INTERNAL', `the family ${family} calls itself ${schema.name}`)
  return schema
}
