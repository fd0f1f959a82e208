// Loads a schema package: a built-in family, an npm package beside the data or beside the daemon, or a path. What cannot
// be used is refused with the file and the fix; nothing is passed over in silence, and no line ever causes code to load.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LedgerSchema } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import { findPackage, packageAt, type PackagePlace } from '../storage/package-entry.ts'
import { builtInFamilyOf, loadBuiltIn } from './built-in.ts'
import { looksLikeSchema, schemaProblems } from './schema-shape.ts'

export interface SchemaWish {
  /** A built-in family, an npm name, or a path that begins with `.` or `/`. */
  readonly package: string
  /** What a path is relative to, and where npm names are looked for first. */
  readonly folder: string
  /** Who asks for it, for messages: a file with a pointer, or a flag. */
  readonly asker: string
  /** What the operator decides about a built-in family; see `configureFamily`. */
  readonly settings?: unknown
}

export interface LoadedSchema {
  readonly schema: LedgerSchema
  /** Where it lies; undefined for a built-in family. */
  readonly packageFolder: string | undefined
}

/** Throws CONFIG_INVALID. */
export async function loadSchema(wish: SchemaWish): Promise<LedgerSchema> {
  return (await loadPlaced(wish)).schema
}

/** The schema, and where it came from. Throws CONFIG_INVALID. */
export async function loadPlaced(wish: SchemaWish): Promise<LoadedSchema> {
  const name = wish.package
  const isPath = isPackagePath(name)
  const family = builtInFamilyOf(name)
  if (family === name) return { schema: await loadBuiltIn(family), packageFolder: undefined }
  const place = isPath
    ? packageAt(path.resolve(wish.folder, name))
    : (findPackage(name, wish.folder) ?? (family === undefined ? findPackage(name, import.meta.dirname) : undefined))
  if (place === undefined && family !== undefined)
    return { schema: await loadBuiltIn(family), packageFolder: undefined }
  if (place === undefined)
    throw refused(
      wish,
      isPath
        ? `nothing lies at ${path.resolve(wish.folder, name)}; name the folder of the package or its file`
        : `it is not installed; run: npm install --prefix ${wish.folder} ${name}`,
    )
  return { schema: await schemaIn(place, wish), packageFolder: place.folder }
}

/** True for a path, false for an npm name or a family. */
export function isPackagePath(name: string): boolean {
  return /^\.{0,2}\/|^[A-Za-z]:[\\/]/.test(name)
}

async function schemaIn(place: PackagePlace, wish: SchemaWish): Promise<LedgerSchema> {
  if (place.file === undefined)
    throw refused(wish, `${path.join(place.folder, 'package.json')} names no file that is there; build the package`)
  let exported: Readonly<Record<string, unknown>>
  try {
    exported = (await import(/* @vite-ignore */ pathToFileURL(place.file).href)) as Readonly<Record<string, unknown>>
  } catch (error) {
    throw refused(wish, `${place.file} does not load: ${error instanceof Error ? error.message : String(error)}`, error)
  }
  const schema = pick(exported, place.file, wish)
  const problems = schemaProblems(schema)
  if (problems.length > 0) throw refused(wish, `what ${place.file} exports is no ledger schema: ${problems.join('; ')}`)
  return schema as LedgerSchema
}

/** The default export, or the only one that is meant as a schema. */
function pick(exported: Readonly<Record<string, unknown>>, file: string, wish: SchemaWish): unknown {
  if (looksLikeSchema(exported['default'])) return exported['default']
  const names = Object.keys(exported).filter((name) => looksLikeSchema(exported[name]))
  const [only] = names
  if (only === undefined)
    throw refused(wish, `${file} exports no ledger schema; export what defineSchema() returns, as the default export`)
  if (names.length > 1)
    throw refused(wish, `${file} exports several schemas (${names.join(', ')}); make one the default export`)
  return exported[only]
}

function refused(wish: SchemaWish, sentence: string, cause?: unknown): LedgerError {
  return new LedgerError('CONFIG_INVALID', `${wish.asker}: the schema package ${wish.package}: ${sentence}`, {
    details: { package: wish.package },
    cause,
  })
}
