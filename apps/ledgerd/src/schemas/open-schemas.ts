// Puts the daemon's schemas together before anything is served: reads the rules and loads every package they name. A
// package that cannot be used stops the start, not a ledger at night. Built-in families are loaded when a ledger needs one.
import type { LedgerSchema } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import { refusalToOpen } from '../engine/refusal-to-open.ts'
import type { Log } from '../ops/log.ts'
import { readConfigFile } from '../storage/config-file.ts'
import type { DataFolder } from '../storage/data-folder.ts'
import { type RecordedSchema, schemaOnRecord, type SchemaRecord } from '../storage/origin.ts'
import { keepPackageCopy, packageCopy } from '../storage/package-copies.ts'
import { publishedSchema } from '../storage/published-schema.ts'
import { readSchemaCopy } from '../storage/schema-copies.ts'
import type { BuiltInFamily } from './built-in.ts'
import { detectionBytes } from './detect-family.ts'
import type { SchemaWish } from './load-schema.ts'
import { SchemaBook, type SchemaBookParts, type SchemaChoice, type SchemaEvidence } from './schema-book.ts'
import type { SchemaRule } from './schema-rules.ts'
import { SchemaShelf } from './schema-shelf.ts'

export interface SchemaSettings {
  readonly folder: DataFolder
  /** `--schema` flags, in order; they stand before the file's rules. */
  readonly flags: readonly string[]
  /** What paths in flags are relative to. */
  readonly cwd: string
  readonly log: Pick<Log, 'warn'>
  /** The wall clock, Unix milliseconds. */
  readonly nowMs: () => number
}

/** What the engine and the transport ask about schemas. */
export interface Schemas {
  /** Loads what the next two need for this ledger. Undefined when it is there already. Rejects with INTERNAL. */
  readonly whenLoaded: (ledger: string) => Promise<void> | undefined
  /** Loads what the first ledger that nobody said anything about needs. Rejects with INTERNAL. */
  readonly loadUsual: () => Promise<void>
  /** Loads what no ledger has needed yet. Rejects with INTERNAL. */
  readonly loadRest: () => Promise<void>
  /** The schema that a new ledger gets. Throws BUSY before `whenLoaded`. */
  readonly schemaFor: (ledger: string) => LedgerSchema
  /** Throws BUSY before `whenLoaded`. */
  readonly chooseSchema: (ledger: string, evidence: SchemaEvidence) => SchemaChoice
  /** Why drafts made for the schema of this name cannot go into the ledger; undefined when they can. */
  readonly schemaRefusal: (ledger: string, name: string) => LedgerError | undefined
  /** True for a ledger on disk that this daemon will refuse to write because of its schema. Rejects with INTERNAL. */
  readonly isRefused: (ledger: string) => Promise<boolean>
}

/** The family of ledgers that nobody said anything about. */
const usualFamily: BuiltInFamily = 'world-events'

/** Throws CONFIG_INVALID for a rule or package that cannot be used. */
export async function openSchemas(settings: SchemaSettings): Promise<Schemas> {
  const { folder } = settings
  const refuse = refuserOf(settings)
  const shelf = new SchemaShelf()
  const book = await openBook(settings, shelf)
  /** Names by ledger where the schema is on record: it stays so until the next start. */
  const settled = new Map<string, string>()
  /** Those of them whose code is loaded; of no use once everything is. */
  const loaded = new Set<string>()
  const evidenceOf = (ledger: string): SchemaEvidence => ({
    recorded: schemaOnRecord(folder.sidecar(ledger)),
    beginning: () => folder.beginningOf(ledger, detectionBytes),
  })
  const nameOf = (ledger: string): string => {
    const known = settled.get(ledger)
    if (known !== undefined) return known
    const evidence = evidenceOf(ledger)
    const name = book.nameOf(ledger, evidence)
    if (evidence.recorded !== undefined) settled.set(ledger, name)
    return name
  }
  /** What each built-in package publishes, by its lock. */
  const published = new Map<string, RecordedSchema | undefined>()
  /** True for a ledger on record under just what is installed: its code is compared with the record when it is opened. */
  const isAsPublished = (ledger: string, { name, periods }: SchemaRecord): boolean => {
    const last = periods.at(-1)
    if (last === undefined || !book.isLeftAlone(ledger, name)) return false
    if (!published.has(name)) published.set(name, publishedSchema(name, import.meta.dirname))
    const installed = published.get(name)
    return installed?.name === name && installed.version === last.version && installed.digest === last.digest
  }
  const loadFor = async (ledger: string): Promise<void> => {
    for (;;) {
      const evidence = evidenceOf(ledger)
      const family = book.needs(ledger, evidence)
      if (!shelf.has(family)) await shelf.load(family)
      // A file may have been put there meanwhile that needs another family.
      else if (evidence.recorded === undefined) return
      else return void loaded.add(ledger)
    }
  }
  return {
    whenLoaded: (ledger) => (shelf.isWhole || loaded.has(ledger) ? undefined : loadFor(ledger).catch(refuse(ledger))),
    loadUsual: () => shelf.load(usualFamily),
    loadRest: async () => {
      await shelf.loadRest()
      loaded.clear()
    },
    schemaFor: (ledger) => book.forNew(ledger),
    chooseSchema: (ledger, evidence) => book.choose(ledger, evidence),
    schemaRefusal: (ledger, name) => refusing(refuse(ledger), () => refusalOf(ledger, name, nameOf(ledger), book)),
    isRefused: async (ledger) => {
      const evidence = evidenceOf(ledger)
      if (evidence.recorded === undefined || isAsPublished(ledger, evidence.recorded)) return false
      const family = book.needs(ledger, evidence)
      if (!shelf.has(family)) await shelf.load(family)
      loaded.add(ledger)
      return book.choose(ledger, evidence).stop !== undefined
    },
  }
}

/** What is known of a ledger could not be read: whoever asks is refused, as if it were opened. Defects stay defects. */
function refuserOf({ log, nowMs }: SchemaSettings): (ledger: string) => (error: unknown) => never {
  return (ledger) => (error) => {
    const refusal = refusalToOpen(ledger, error, nowMs)
    if (refusal !== error) log.warn('the schema of a ledger could not be looked up', { ledger, reason: String(error) })
    throw refusal
  }
}

function refusing<Result>(refuse: (error: unknown) => never, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    return refuse(error)
  }
}

async function openBook(settings: SchemaSettings, shelf: SchemaShelf): Promise<SchemaBook> {
  const { folder, flags, cwd } = settings
  const rules: SchemaBookParts['rules'][number][] = []
  for (const { wish, matches } of await readRules(folder.root, flags, cwd)) {
    await shelf.load(undefined)
    if (wish.settings === undefined) rules.push({ matches, schema: await loadAndKeep(wish, settings, shelf) })
    else {
      const { configureFamily } = await import('./family-settings.ts')
      rules.push({ matches, schema: await configureFamily(wish), hasSettings: true })
    }
  }
  const readCopy = (digest: string): string | undefined => readSchemaCopy(folder.sidecarRoot, digest)
  const codeCopy = (digest: string): string | undefined => packageCopy(folder.sidecarRoot, digest)
  return new SchemaBook({ rules, shelf, usual: usualFamily, readCopy, codeCopy })
}

/** A package that is not one of ours may be gone one day; what it publishes is kept beside the data. */
async function loadAndKeep(
  wish: SchemaWish,
  { folder, log }: SchemaSettings,
  { freezing }: SchemaShelf,
): Promise<LedgerSchema> {
  const { loadPlaced } = await import('./load-schema.ts')
  const { schema, packageFolder } = await loadPlaced(wish)
  const reason =
    packageFolder === undefined
      ? undefined
      : keepPackageCopy(folder.sidecarRoot, freezing.freeze(schema).digest, packageFolder)
  if (reason !== undefined) log.warn(`no copy of the schema package ${schema.name} is kept: ${reason}`)
  return schema
}

/** The rules in force, first the flags. Throws CONFIG_INVALID. */
async function readRules(dataFolder: string, flags: readonly string[], cwd: string): Promise<SchemaRule[]> {
  const config = readConfigFile(dataFolder)
  if (config === undefined && flags.length === 0) return []
  const { parseSchemaConfig, parseSchemaFlag } = await import('./schema-rules.ts')
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
