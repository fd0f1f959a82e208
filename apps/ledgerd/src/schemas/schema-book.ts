// Which schema a ledger has, and whether this daemon may write under it. What is on record of a ledger decides; a new or
// unknown file is decided by the operator's rules, then by its own first lines, then by the family every daemon began with.
import type { LedgerSchema } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import type { RecordedSchema, SchemaRecord } from '../storage/origin.ts'
import { StopSignal } from '../storage/stop-signal.ts'
import { type BuiltInFamily, builtInFamilyOf, builtInPackage } from './built-in.ts'
import { detectFamily } from './detect-family.ts'
import type { FrozenCopy } from './freeze.ts'
import { rawLines } from './raw-lines.ts'
import type { SchemaShelf } from './schema-shelf.ts'
import { compareVersions } from './version-order.ts'

/** What can be known of a ledger before it is opened. */
export interface SchemaEvidence {
  /** What its sidecar says; undefined for a ledger never opened and never imported. */
  readonly recorded: SchemaRecord | undefined
  /** Reads the beginning of its file; empty for a new ledger. */
  readonly beginning: () => Uint8Array
}

export interface SchemaChoice {
  readonly schema: LedgerSchema
  /** What to record of it: undefined when that is on record already, or must not be. */
  readonly toRecord: (RecordedSchema & { readonly text: string }) | undefined
  /** Why no appends are taken under it. */
  readonly stop: StopSignal | undefined
}

export interface SchemaBookParts {
  /** In the order of the rules; the first that matches wins. */
  readonly rules: readonly {
    readonly matches: (ledger: string) => boolean
    readonly schema: LedgerSchema
    /** A built-in family as this rule configures it: for the ledgers of the rule, and for no others. */
    readonly hasSettings?: boolean
  }[]
  /** Where the built-in families stand, as far as they are loaded. */
  readonly shelf: SchemaShelf
  /** What a new ledger has when no rule says otherwise. */
  readonly usual: BuiltInFamily
  /** The text of a frozen schema kept under a digest. */
  readonly readCopy: (digest: string) => string | undefined
  /** Where the code of its package is kept, as a rule names it. */
  readonly codeCopy: (digest: string) => string | undefined
}

/** Makes no choice before the code that it needs is loaded: see `needs`. */
export class SchemaBook {
  readonly #parts: SchemaBookParts
  /** Configured packages; they stand before built-in ones of their name. */
  readonly #configured: ReadonlyMap<string, LedgerSchema>
  readonly #frozen: Map<LedgerSchema, FrozenCopy> = new Map()

  /** Throws CONFIG_INVALID when two packages say they are the same schema. */
  constructor(parts: SchemaBookParts) {
    this.#parts = parts
    this.#configured = nameAll(parts)
  }

  /** True if the daemon has a schema of this name, loaded or not. */
  has(name: string): boolean {
    return this.#configured.has(name) || familyNamed(name) !== undefined
  }

  /** The built-in family whose code `choose` needs; undefined when every package that it needs is loaded. */
  needs(ledger: string, { recorded, beginning }: SchemaEvidence): BuiltInFamily | undefined {
    const ruled = this.#byRule(ledger)
    if (recorded === undefined) return ruled === undefined ? this.#familyOf(beginning()) : undefined
    return ruled?.name === recorded.name || this.#configured.has(recorded.name) ? undefined : familyNamed(recorded.name)
  }

  /** The name of the schema that `choose` would say; loads nothing. */
  nameOf(ledger: string, { recorded, beginning }: SchemaEvidence): string {
    return recorded?.name ?? this.#byRule(ledger)?.name ?? builtInPackage(this.#familyOf(beginning()))
  }

  /** True if the schema of this name comes with the daemon, and no rule says anything about it or the ledger. */
  isLeftAlone(ledger: string, name: string): boolean {
    return familyNamed(name) !== undefined && !this.#configured.has(name) && this.#byRule(ledger) === undefined
  }

  /** The schema that a new ledger gets. Throws BUSY before its code is loaded. */
  forNew(ledger: string): LedgerSchema {
    return this.#byRule(ledger) ?? this.#parts.shelf.family(this.#parts.usual)
  }

  /** The schema that a ledger on disk has, and what is wrong with having it. Throws BUSY before its code is loaded. */
  choose(ledger: string, { recorded, beginning }: SchemaEvidence): SchemaChoice {
    if (recorded !== undefined) return this.#chooseRecorded(ledger, recorded)
    const schema = this.#byRule(ledger) ?? this.#parts.shelf.family(this.#familyOf(beginning()))
    return { schema, toRecord: this.#recordOf(schema), stop: undefined }
  }

  #familyOf(beginning: Uint8Array): BuiltInFamily {
    return detectFamily(beginning) ?? this.#parts.usual
  }

  #byName(name: string): LedgerSchema | undefined {
    const family = familyNamed(name)
    return this.#configured.get(name) ?? (family === undefined ? undefined : this.#parts.shelf.family(family))
  }

  #chooseRecorded(ledger: string, recorded: SchemaRecord): SchemaChoice {
    const ruled = this.#byRule(ledger)
    const schema = ruled?.name === recorded.name ? ruled : this.#byName(recorded.name)
    if (schema === undefined)
      return { schema: rawLines(recorded.name), toRecord: undefined, stop: this.#missing(recorded) }
    if (ruled !== undefined && ruled.name !== schema.name)
      return contradicted(
        schema,
        `its lines are ${schema.name}, and the rules of this daemon say ${ruled.name}; give ${ledger} its own rule in ledgerd.json, before the others`,
      )
    const last = recorded.periods.at(-1)
    if (last === undefined) return { schema, toRecord: this.#recordOf(schema), stop: undefined }
    return this.#compare(schema, last)
  }

  /** Why a ledger with this record cannot be written by this daemon: it has no schema of that name. */
  #missing(recorded: SchemaRecord): StopSignal {
    const last = recorded.periods.at(-1)
    return unknown(recorded.name, last?.version, { copy: last && this.#parts.codeCopy(last.digest) })
  }

  #compare(schema: LedgerSchema, last: RecordedSchema): SchemaChoice {
    const order = compareVersions(schema.version, last.version)
    if (order < 0)
      return {
        schema,
        toRecord: undefined,
        stop: unknown(last.name, last.version, { present: schema.version, copy: this.#parts.codeCopy(last.digest) }),
      }
    const frozen = this.#freeze(schema)
    if (frozen.digest === last.digest && order === 0) return { schema, toRecord: undefined, stop: undefined }
    if (order === 0)
      return contradicted(
        schema,
        `version ${last.version} of ${last.name} was ${last.digest} when it was recorded, and the one loaded is ${frozen.digest}; a published version never changes: install that one (npm install ${last.name}@${last.version}), or give the changed one a new version`,
      )
    const change = this.#changeSince(last, frozen)
    if (change !== undefined) return contradicted(schema, `${schema.name} ${schema.version} ${change}`)
    return { schema, toRecord: this.#recordOf(schema), stop: undefined }
  }

  /** What a newer version may not do to the recorded one; undefined when it only adds, or no copy is left to compare. */
  #changeSince({ version, digest }: RecordedSchema, frozen: FrozenCopy): string | undefined {
    const copy = this.#parts.readCopy(digest)
    if (copy === undefined) return undefined
    try {
      const [change] = this.#parts.shelf.freezing.changesOf(
        copy,
        frozen.text,
        `the copy of version ${version} in .ledgerd/schemas`,
      )
      const fix = 'add a version with event().next() instead; ledgerd schema check shows every change'
      return change === undefined ? undefined : `changes what ${version} published: ${change}; ${fix}`
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      return `cannot be compared with ${version}: ${error.message}`
    }
  }

  #byRule(ledger: string): LedgerSchema | undefined {
    return this.#parts.rules.find(({ matches }) => matches(ledger))?.schema
  }

  #recordOf(schema: LedgerSchema): RecordedSchema & { readonly text: string } {
    const { digest, text } = this.#freeze(schema)
    return { name: schema.name, version: schema.version, digest, text }
  }

  #freeze(schema: LedgerSchema): FrozenCopy {
    const known = this.#frozen.get(schema)
    if (known !== undefined) return known
    const frozen = this.#parts.shelf.freezing.freeze(schema)
    this.#frozen.set(schema, frozen)
    return frozen
  }
}

/** The built-in family whose package has this name. */
function familyNamed(name: string): BuiltInFamily | undefined {
  const family = builtInFamilyOf(name)
  return family !== undefined && builtInPackage(family) === name ? family : undefined
}

/** Every configured package by its name. */
function nameAll({ rules }: SchemaBookParts): Map<string, LedgerSchema> {
  const configured = new Map<string, LedgerSchema>()
  for (const { schema, hasSettings } of rules) {
    if (hasSettings === true) continue
    const twin = configured.get(schema.name)
    if (twin !== undefined && twin !== schema)
      throw new LedgerError(
        'CONFIG_INVALID',
        `two packages say they are ${schema.name} (${twin.version} and ${schema.version}); name one of them in every rule`,
      )
    configured.set(schema.name, schema)
  }
  return configured
}

function contradicted(schema: LedgerSchema, sentence: string): SchemaChoice {
  return { schema, toRecord: undefined, stop: new StopSignal('schema-contradicted', sentence) }
}

/** Says what to install, and which words in the config make the daemon load it. */
function unknown(
  name: string,
  version: string | undefined,
  { present, copy }: { readonly present?: string; readonly copy: string | undefined },
): StopSignal {
  const wanted = version === undefined ? name : `${name}@^${version}`
  const here = present === undefined ? 'this daemon does not have it' : `this daemon has ${present} only`
  const rule = `{"schemas": [{"ledgers": "PATTERN", "package": "${name}"}]}`
  const kept = copy === undefined ? '' : `; if it can be had nowhere, "package": "${copy}" is the copy kept here`
  return new StopSignal(
    'schema-unknown',
    `its lines are ${name}${version === undefined ? '' : ` ${version}`}, and ${here}; run npm install ${wanted} in the data folder, say ${rule} in its ledgerd.json, and start again${kept}`,
  )
}
