// `ledger.schema.lock.json`: the frozen schema, what its steps did, and since when each version is published
// (schema-packages §8). The same schema gives the same bytes; what was published keeps its first package version.
import { LedgerError } from '@ledgerd/schema'
import type { LedgerSchema } from '@ledgerd/schema'
import { formatFrozen, parseFrozen } from '../frozen/frozen-text.ts'
import { freezeSchema } from '../frozen/freeze-schema.ts'
import type { FrozenSchema } from '../frozen/freeze-schema.ts'
import { textOf } from '../frozen/union-form.ts'
import { goldenSteps } from './golden.ts'
import type { GoldenSteps } from './golden.ts'

export const lockFileName = 'ledger.schema.lock.json'

export interface SchemaLock {
  readonly lock: 1
  readonly schema: FrozenSchema
  /** By type: the package version that first had each event version, from 1. */
  readonly since: Readonly<Record<string, readonly string[]>>
  readonly golden: GoldenSteps
}

/** The lock of a live schema. `before` is the lock it replaces: versions that stand in it keep their first package. */
export function lockSchema(schema: LedgerSchema, before?: SchemaLock): SchemaLock {
  const frozen = freezeSchema(schema)
  const since = Object.create(null) as Record<string, readonly string[]>
  for (const [type, versions] of Object.entries(frozen.events)) {
    const known = before !== undefined && Object.hasOwn(before.since, type) ? (before.since[type] ?? []) : []
    since[type] = versions.map((_, index) => known[index] ?? frozen.version)
  }
  return { lock: 1, schema: frozen, since, golden: goldenSteps(schema) }
}

/** A version that stands in a lock of an earlier package, and is another now: what was published never changes. */
export interface ThawedVersion {
  readonly type: string
  readonly version: number
  /** The package version that first had it. */
  readonly since: string
}

/** Versions that `before` knows from an earlier package version, and that `lock` has otherwise or not at all. */
export function thawedVersions(lock: SchemaLock, before: SchemaLock): readonly ThawedVersion[] {
  return Object.entries(before.schema.events).flatMap(([type, versions]) =>
    versions.flatMap(({ version, digest }) => {
      const since = before.since[type]?.[version - 1] ?? before.schema.version
      const isSame = lock.schema.events[type]?.[version - 1]?.digest === digest
      return isSame || since === lock.schema.version ? [] : [{ type, version, since }]
    }),
  )
}

/** Sorted, indented by two, with a final LF. */
export function formatLock(lock: SchemaLock): string {
  return `${JSON.stringify(JSON.parse(textOf(lock)), undefined, 2)}\n`
}

/** True if `text` holds this lock; a formatter may have laid it out in its own way. */
export function isSameLock(text: string, lock: SchemaLock): boolean {
  try {
    return textOf(JSON.parse(text)) === textOf(lock)
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** Throws CONFIG_INVALID, naming `source`, if the text is no lock or its schema was changed by hand. */
export function parseLock(text: string, source: string): SchemaLock {
  let value: Partial<SchemaLock>
  try {
    value = JSON.parse(text) as Partial<SchemaLock>
  } catch (cause) {
    throw new LedgerError('CONFIG_INVALID', `${source} is no JSON.`, { cause })
  }
  if (value?.lock !== 1 || value.schema === undefined || value.since === undefined || value.golden === undefined)
    throw new LedgerError(
      'CONFIG_INVALID',
      `${source} is no schema lock of format 1. Write it anew: ledgerd schema gen.`,
    )
  const schema = parseFrozen(formatFrozen(value.schema), source)
  return { lock: 1, schema, since: value.since, golden: value.golden }
}
