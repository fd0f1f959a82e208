// `ledgerd schema gen`: writes what follows from a package: its lock, and types, JSON Schema, AsyncAPI and pages. The same
// package gives the same bytes; a second run writes nothing.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  generatedFiles,
  generatedFolders,
  isSameLock,
  lockFileName,
  type SchemaLock,
  thawedVersions,
} from '@ledgerd/schema-tools'
import { packageAt } from '../storage/package-entry.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import { readManifest } from './schema-manifest.ts'
import { loadPackage, lockPackage, readLock } from './schema-package.ts'
import { oldLock } from './schema-sides.ts'

export interface SchemaGenFlags {
  readonly check?: boolean
  readonly against?: string
  readonly json?: boolean
}

type FileState = 'unchanged' | 'written' | 'changed' | 'stale' | 'missing' | 'removed' | 'left over'

interface GeneratedFile {
  readonly file: string
  readonly state: FileState
}

/** What `--json` prints. */
export interface SchemaGenDocument {
  readonly kind: 'schema-gen'
  readonly v: 1
  readonly name: string
  readonly version: string
  readonly files: readonly GeneratedFile[]
}

/** 0 when all is there as it should be, 1 with --check if it is not. Throws CliError. */
export async function runSchemaGen(place: string, flags: SchemaGenFlags, io: Io): Promise<number> {
  const schema = await loadPackage(place)
  const folder = packageAt(path.resolve(place))?.folder
  if (folder === undefined)
    throw new CliError(exitCodes.usage, `${place} is no folder of a package`, 'name the folder: ledgerd schema gen .')
  const published = flags.against === undefined ? undefined : await oldLock(flags.against, folder, schema.name)
  const before = published ?? (await readLock(folder))
  const lock = lockPackage(schema, before, place)
  refuseThawed(lock, before, place)
  const { ledgerd: { generated = true } = {} } = await readManifest(folder)
  const all = [...generatedFiles(lock)].filter(([name]) => generated || name === lockFileName)
  const isChecking = flags.check === true
  const files: GeneratedFile[] = []
  for (const [name, text] of all) {
    const file = path.join(folder, name)
    const isSame = name === lockFileName && isChecking ? (present: string) => isSameLock(present, lock) : undefined
    files.push({ file, state: await settle(file, text, { isChecking, isSame }) })
  }
  if (generated) files.push(...(await settleLeftOvers(folder, new Set(all.map(([name]) => name)), isChecking)))
  await io.write(flags.json === true ? document(schema.name, schema.version, files) : filesText(files, place))
  const isStale = files.some(({ state }) => state === 'stale' || state === 'missing' || state === 'left over')
  if (isStale) io.say(`ledgerd: what is generated is not that of the package; run: ledgerd schema gen ${place}\n`)
  return isStale ? exitCodes.no : exitCodes.yes
}

function refuseThawed(lock: SchemaLock, before: SchemaLock | undefined, place: string): void {
  const [thawed] = before === undefined ? [] : thawedVersions(lock, before)
  if (thawed === undefined) return
  const { type, version, since } = thawed
  throw new CliError(
    exitCodes.no,
    `${place}: version ${version} of ${type} is published since ${since} and is another now; it never changes`,
    `put it back as it was and add a version: event(V${version}).next(V${version + 1}, (old) => …)`,
  )
}

interface Settling {
  readonly isChecking: boolean
  /** Compares with what is there; byte by byte unless given. */
  readonly isSame: ((present: string) => boolean) | undefined
}

async function settle(file: string, text: string, { isChecking, isSame }: Settling): Promise<FileState> {
  const present = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new CliError(exitCodes.undecided, `${file} cannot be read: ${error.code}`, undefined, error)
  })
  if (present !== undefined && (present === text || isSame?.(present) === true)) return 'unchanged'
  if (isChecking) return present === undefined ? 'missing' : 'stale'
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, text)
  return present === undefined ? 'written' : 'changed'
}

/** A page or JSON Schema of an event that is no longer declared would still be published. */
async function settleLeftOvers(
  folder: string,
  wanted: ReadonlySet<string>,
  isChecking: boolean,
): Promise<readonly GeneratedFile[]> {
  const found: GeneratedFile[] = []
  for (const below of generatedFolders) {
    const names = await readdir(path.join(folder, below)).catch(() => [])
    for (const name of names.sort()) {
      if (wanted.has(`${below}/${name}`)) continue
      const file = path.join(folder, below, name)
      if (!isChecking) await rm(file, { recursive: true })
      found.push({ file, state: isChecking ? 'left over' : 'removed' })
    }
  }
  return found
}

function filesText(files: readonly GeneratedFile[], place: string): string {
  const moved = files.filter(({ state }) => state !== 'unchanged')
  const rest = files.length - moved.length
  const lines = moved.map(({ file, state }) => `${state} ${file}\n`)
  return `${lines.join('')}${rest === 0 ? '' : `unchanged ${rest} ${rest === 1 ? 'file' : 'files'} of ${place}\n`}`
}

function document(name: string, version: string, files: readonly GeneratedFile[]): string {
  const printed: SchemaGenDocument = { kind: 'schema-gen', v: 1, name, version, files }
  return `${JSON.stringify(printed)}\n`
}
