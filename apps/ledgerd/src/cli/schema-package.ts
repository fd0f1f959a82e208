// The schema package that a `schema` command works on: its folder, its live schema and its lock.
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import type { LedgerSchema } from '@ledgerd/schema'
import { lockFileName, lockSchema, parseLock, type SchemaLock } from '@ledgerd/schema-tools'
import { loadSchema } from '../schemas/load-schema.ts'
import { packageAt } from '../storage/package-entry.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'

/** Loads the package at a path; a plain name is a folder here if there is one. Throws CliError 7. */
export async function loadPackage(place: string): Promise<LedgerSchema> {
  const isHere = await stat(place).then(
    () => true,
    () => false,
  )
  const name = isHere ? path.resolve(place) : place
  try {
    return await loadSchema({ package: name, folder: process.cwd(), asker: 'ledgerd schema' })
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw new CliError(exitCodes.undecided, words, `mend that, then: ledgerd schema check --lint ${place}`, error)
  }
}

/** The folder of a package that is named by its folder or its file; the name itself for families and packages of npm. */
export function folderOf(place: string): string {
  return packageAt(path.resolve(place))?.folder ?? place
}

/** The lock beside a package, or the lock file itself; undefined if there is none. Throws CliError 7 if it is broken. */
export async function readLock(place: string): Promise<SchemaLock | undefined> {
  const isFolder = await stat(place).then(
    (there) => there.isDirectory(),
    () => false,
  )
  const file = isFolder ? path.join(place, lockFileName) : place
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new CliError(exitCodes.undecided, `${file} cannot be read`, undefined, error)
  }
  return lockOf(text, file)
}

/** The lock of a loaded package. Throws CliError 1 if a step fails on a document that its own version accepts. */
export function lockPackage(schema: LedgerSchema, before: SchemaLock | undefined, place: string): SchemaLock {
  try {
    return lockSchema(schema, before)
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    const fix = `a step is pure and total, and makes null of what the old version did not know; mend it in ${place}`
    throw new CliError(exitCodes.no, words, fix, error)
  }
}

/** Throws CliError 7. */
export function lockOf(text: string, source: string): SchemaLock {
  try {
    return parseLock(text, source)
  } catch (error) {
    throw new CliError(exitCodes.undecided, error instanceof Error ? error.message : String(error), undefined, error)
  }
}
