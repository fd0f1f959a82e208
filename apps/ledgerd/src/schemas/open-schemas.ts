// Puts the daemon's schemas together before anything is served: reads the rules, loads every package they name and every
// built-in family. A package that cannot be used stops the start, not a ledger at night.
import { LedgerError, type LedgerSchema } from '@ledgerd/schema'
import type { Log } from '../ops/log.ts'
import { readConfigFile } from '../storage/config-file.ts'
import type { DataFolder } from '../storage/data-folder.ts'
import { schemaOnRecord } from '../storage/origin.ts'
import { keepPackageCopy, packageCopy } from '../storage/package-copies.ts'
import { readSchemaCopy } from '../storage/schema-copies.ts'
import { type BuiltInFamily, builtInFamilies, loadBuiltIn } from './built-in.ts'
import { detectionBytes } from './detect-family.ts'
import { configureFamily } from './family-settings.ts'
import { freeze } from './freeze.ts'
import { loadPlaced, type SchemaWish } from './load-schema.ts'
import { SchemaBook, type SchemaBookParts, type SchemaChoice, type SchemaEvidence } from './schema-book.ts'
import { parseSchemaConfig, parseSchemaFlag, type SchemaRule } from './schema-rules.ts'

export interface SchemaSettings {
  readonly folder: DataFolder
  /** `--schema` flags, in order; they stand before the file's rules. */
  readonly flags: readonly string[]
  /** What paths in flags are relative to. */
  readonly cwd: string
  readonly log: Pick<Log, 'warn'>
}

/** What the engine and the transport ask about schemas. */
export interface Schemas {
  /** The schema that a new ledger gets. */
  readonly schemaFor: (ledger: string) => LedgerSchema
  readonly chooseSchema: (ledger: string, evidence: SchemaEvidence) => SchemaChoice
  /** Why drafts made for the schema of this name cannot go into the ledger; undefined when they can. */
  readonly schemaRefusal: (ledger: string, name: string) => LedgerError | undefined
  /** True for a ledger on disk that this daemon will refuse to write because of its schema. */
  readonly isRefused: (ledger: string) => boolean
}

/** The family of ledgers that nobody said anything about. */
const usualFamily: BuiltInFamily = 'world-events'

/** Throws CONFIG_INVALID for a rule or package that cannot be used. */
export async function openSchemas(settings: SchemaSettings): Promise<Schemas> {
  const { folder } = settings
  const book = await openBook(settings)
  const settled = new Map<string, LedgerSchema>()
  const evidenceOf = (ledger: string): SchemaEvidence => ({
    recorded: schemaOnRecord(folder.sidecar(ledger)),
    beginning: () => folder.beginningOf(ledger, detectionBytes),
  })
  const schemaOf = (ledger: string): LedgerSchema => {
    const known = settled.get(ledger)
    if (known !== undefined) return known
    const evidence = evidenceOf(ledger)
    const { schema } = book.choose(ledger, evidence)
    // What is on record stays so until the next start; what is not may still become something else.
    if (evidence.recorded !== undefined) settled.set(ledger, schema)
    return schema
  }
  return {
    schemaFor: (ledger) => book.forNew(ledger),
    chooseSchema: (ledger, evidence) => book.choose(ledger, evidence),
    schemaRefusal: (ledger, name) => refusalOf(ledger, name, schemaOf(ledger).name, book),
    isRefused: (ledger) => {
      const evidence = evidenceOf(ledger)
      return evidence.recorded !== undefined && book.choose(ledger, evidence).stop !== undefined
    },
  }
}

async function openBook(settings: SchemaSettings): Promise<SchemaBook> {
  const { folder, flags, cwd } = settings
  const rules: SchemaBookParts['rules'][number][] = []
  for (const { wish, matches } of readRules(folder.root, flags, cwd))
    rules.push(
      wish.settings === undefined
        ? { matches, schema: await loadAndKeep(wish, settings) }
        : { matches, schema: await configureFamily(wish), hasSettings: true },
    )
  const builtIn = new Map<BuiltInFamily, LedgerSchema>()
  for (const family of builtInFamilies) builtIn.set(family, await loadBuiltIn(family))
  const readCopy = (digest: string): string | undefined => readSchemaCopy(folder.sidecarRoot, digest)
  const codeCopy = (digest: string): string | undefined => packageCopy(folder.sidecarRoot, digest)
  return new SchemaBook({ rules, builtIn, usual: await loadBuiltIn(usualFamily), readCopy, codeCopy })
}

/** A package that is not one of ours may be gone one day; what it publishes is kept beside the data. */
async function loadAndKeep(wish: SchemaWish, { folder, log }: SchemaSettings): Promise<LedgerSchema> {
  const { schema, packageFolder } = await loadPlaced(wish)
  const reason =
    packageFolder === undefined ? undefined : keepPackageCopy(folder.sidecarRoot, freeze(schema).digest, packageFolder)
  if (reason !== undefined) log.warn(`no copy of the schema package ${schema.name} is kept: ${reason}`)
  return schema
}

/** The rules in force, first the flags. Throws CONFIG_INVALID. */
export function readRules(dataFolder: string, flags: readonly string[], cwd: string): SchemaRule[] {
  const config = readConfigFile(dataFolder)
  return [
    ...flags.map((flag) => parseSchemaFlag(flag, { dataFolder, cwd })),
    ...(config === undefined ? [] : parseSchemaConfig(config.text, config.file, dataFolder)),
  ]
}

function refusalOf(ledger: string, name: string, present: string, book: SchemaBook): LedgerError | undefined {
  if (name === present) return undefined
  const details = { schema: present }
  if (!book.has(name))
    return new LedgerError('SCHEMA_UNKNOWN', `this daemon does not have the schema ${name.slice(0, 300)}`, { details })
  const fix = `say which ledgers are ${name} in ledgerd.json or with --schema, before the first append`
  return new LedgerError('SCHEMA_UNKNOWN', `the schema of ${ledger} is ${present}, not ${name}; ${fix}`, { details })
}
