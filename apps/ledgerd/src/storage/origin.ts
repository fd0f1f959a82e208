// Where a ledger comes from: made here, or adopted, and then what its file was on that day; and under which schemas its
// lines were written since. What was wrong on the first day is history, named by verify and never taken for damage.
import path from 'node:path'
import type { Finding } from '@ledgerd/schema'
import { readIfThere, writeFileDurably } from './durable.ts'

/** One version of the ledger's schema. The digest is that of its frozen form, kept in `.ledgerd/schemas/`. */
export interface RecordedSchema {
  readonly name: string
  readonly version: string
  /** `sha256:<hex>`. */
  readonly digest: string
}

/** A schema from the line on at which it first held the ledger open. */
export interface SchemaPeriod extends RecordedSchema {
  readonly fromSeq: number
  /** RFC 3339. */
  readonly since: string
}

export interface Origin {
  readonly v: 1
  readonly kind: 'created' | 'adopted'
  readonly ledger: string
  /** The name alone; it never changes. */
  readonly schema: string
  /** Every version that held the ledger open, oldest first. Absent in records made before versions were kept. */
  readonly schemas?: readonly SchemaPeriod[]
  /** Writer profile, or `conflict` when the lines speak for more than one. */
  readonly profile: string
  /** Lines and bytes on that day; 0 for a created ledger. */
  readonly lines: number
  readonly bytes: number
  readonly root?: string
  readonly variants?: Readonly<Record<string, number>>
  /** The first findings, and how many there were in all. */
  readonly findings?: readonly Finding[]
  readonly findingsTotal?: number
}

const fileOf = { created: 'created.json', adopted: 'adoption.json' }
const importFile = 'import.json'

/** The origin on record; undefined for a ledger that is opened for the first time, or whose record cannot be read any more. */
export function originOf(sidecar: string): Origin | undefined {
  for (const name of Object.values(fileOf)) {
    const origin = readRecord(path.join(sidecar, name))
    if (origin !== undefined && isOrigin(origin)) return origin
  }
  return undefined
}

/** Records the origin durably: once, and again when another version of its schema comes. */
export function writeOrigin(sidecar: string, origin: Origin): void {
  writeFileDurably(path.join(sidecar, fileOf[origin.kind]), `${JSON.stringify(origin, undefined, 1)}\n`)
}

/** What is on record of a ledger's schema: by its origin, or by the import that brought a file not opened yet. */
export interface SchemaRecord {
  readonly name: string
  /** Oldest first; empty when only the name was kept. */
  readonly periods: readonly RecordedSchema[]
}

/** Reads the schema on record; undefined for a ledger of which nothing is known. */
export function schemaOnRecord(sidecar: string): SchemaRecord | undefined {
  const origin = originOf(sidecar)
  if (origin !== undefined) return { name: origin.schema, periods: origin.schemas ?? [] }
  const imported = importOnRecord(sidecar)
  return imported === undefined ? undefined : { name: imported.schema.name, periods: [imported.schema] }
}

/** The parts of an import report that are read again. */
export interface ImportRecord {
  readonly schema: RecordedSchema
  /** Of the ledger's bytes on that day, `sha256:<hex>`. */
  readonly sha256: string
}

/** The report of the last import; undefined for a ledger that was not imported. */
export function importOnRecord(sidecar: string): ImportRecord | undefined {
  const record = readRecord(path.join(sidecar, importFile))
  return record !== undefined && isSchema(record['schema']) ? (record as unknown as ImportRecord) : undefined
}

/** Keeps the report of an import beside the ledger it made. */
export function writeImportReport(sidecar: string, report: ImportRecord): void {
  writeFileDurably(path.join(sidecar, importFile), `${JSON.stringify(report, undefined, 1)}\n`)
}

type Members = Readonly<Record<string, unknown>>

/**
 * The object in a file; undefined when there is none, or whoever asks may not see it: the lines are read without it. Someone may
 * have damaged the file: lines do not depend on it.
 */
function readRecord(file: string): Members | undefined {
  try {
    const content = readIfThere(file)
    const value: unknown = content === undefined ? undefined : JSON.parse(content.toString())
    return isMembers(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'EACCES') return undefined
    throw error
  }
}

function isOrigin(value: Members): value is Members & Origin {
  const { v, kind, ledger, schema, profile, schemas, lines, bytes } = value
  const names = [ledger, schema, profile]
  return (
    v === 1 &&
    (kind === 'created' || kind === 'adopted') &&
    names.every((name) => typeof name === 'string') &&
    Number.isSafeInteger(lines) &&
    Number.isSafeInteger(bytes) &&
    (schemas === undefined || (Array.isArray(schemas) && schemas.every(isSchema)))
  )
}

function isSchema(value: unknown): value is RecordedSchema {
  return isMembers(value) && ['name', 'version', 'digest'].every((name) => typeof value[name] === 'string')
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
