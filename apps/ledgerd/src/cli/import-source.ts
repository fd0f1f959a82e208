// What an import reads: the bytes of a ledger as they will lie in the data folder, made of the files it was pointed at.
// Where a family's line is what the original wrote, they are the original's bytes.
import { createHash } from 'node:crypto'
import type { Stats } from 'node:fs'
import { type FileHandle, stat } from 'node:fs/promises'
import path from 'node:path'
import { parse } from '@ledgerd/canonical'
import type { Finding, LedgerSchema } from '@ledgerd/schema'
import type { BuiltInFamily } from '../schemas/built-in.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { asCliError, fileChunks, openFile, readRange } from './file-bytes.ts'
import type { Io } from './io.ts'

/** One file that was read. */
export interface SourceFile {
  readonly file: string
  readonly bytes: number
  /** `sha256:<hex>`. */
  readonly sha256: string
}

export interface ImportSource {
  /** As the command named it. */
  readonly name: string
  /** The ledger id it gives by itself. */
  readonly stem: string
  /** The files behind it; empty when it is one file taken byte for byte, which the ledger's own hash stands for. */
  readonly files: readonly SourceFile[]
  /** What is wrong with the files rather than with their lines. */
  readonly findings: readonly Finding[]
  /** The ledger's bytes, the same each time. */
  readonly chunks: () => AsyncIterable<Uint8Array>
  /** About how many, for progress. */
  readonly totalBytes: number
  /** Judges a ledger that is there already: true if importing this again would change nothing. */
  readonly isHeldBy?: (file: string) => Promise<boolean>
  /** What to try when the ledger that is there does not hold it. */
  readonly onDifference?: string
  /** Why it can be looked at and not be taken: no ledger could give it back. */
  readonly refusal?: string
}

export interface SourceFlags {
  readonly pretty?: boolean
  readonly map?: string
  readonly follow?: boolean
}

export interface SourceContext {
  readonly family: BuiltInFamily
  readonly schema: LedgerSchema
  readonly flags: SourceFlags
  /** The id that was asked for; families that make lines need it. */
  readonly ledger: string | undefined
  readonly io: Io
}

/** Looks at what lies at `name` and finds out how to read it. Throws CliError. */
export async function openSource(name: string, context: SourceContext): Promise<ImportSource> {
  const { family, flags } = context
  assertFlags(family, flags)
  if (flags.follow === true) return await growingSource(name, family)
  if (family === 'build-order') return await (await import('./import-build-state.ts')).buildStateSource(name, context)
  const isFolder = (await statOf(name)).isDirectory()
  if (family === 'workflow-records' && (isFolder || flags.map !== undefined))
    return await (await import('./import-records.ts')).recordsSource(name, context)
  if (family === 'audio-jobs' && name.endsWith('.index.json'))
    return await (await import('./import-parts.ts')).partsSource(name)
  if (flags.pretty === true) return await (await import('./import-pretty.ts')).prettySource(name)
  return await plainSource(name)
}

/** A file whose bytes are the ledger's. */
async function plainSource(name: string): Promise<ImportSource> {
  const { size } = await statOf(name)
  await refusePretty(name, size)
  const stem = stemOf(name)
  return { name, stem, files: [], findings: [], chunks: () => chunksOf(name, size), totalBytes: size }
}

/** The complete lines of a file that another program still writes. */
async function growingSource(name: string, family: BuiltInFamily): Promise<ImportSource> {
  const { size } = await statOf(name)
  if (family === 'build-order' || name.endsWith('.index.json'))
    throw new CliError(
      exitCodes.usage,
      `--follow takes a file whose lines are the ledger's, not ${name}`,
      'leave it out',
    )
  const file = await openFile(name)
  try {
    const end = await wholeLinesEnd(file, size)
    return { name, stem: stemOf(name), files: [], findings: [], chunks: () => chunksOf(name, end), totalBytes: end }
  } finally {
    await file.close()
  }
}

/** Where the last complete line of the first `size` bytes ends. */
export async function wholeLinesEnd(file: FileHandle, size: number): Promise<number> {
  for (let end = size; end > 0; end -= firstBytes) {
    const from = Math.max(0, end - firstBytes)
    const at = (await readRange(file, from, end - from)).lastIndexOf(0x0a)
    if (at >= 0) return from + at + 1
  }
  return 0
}

/** The first `size` bytes of a file. */
export async function* chunksOf(name: string, size: number): AsyncGenerator<Uint8Array> {
  const file = await openFile(name)
  try {
    yield* fileChunks(name, file, 0, size)
  } finally {
    await file.close()
  }
}

export async function hashFile(name: string, size: number): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of chunksOf(name, size)) hash.update(chunk)
  return `sha256:${hash.digest('hex')}`
}

export async function describeFile(name: string): Promise<SourceFile> {
  const { size } = await statOf(name)
  return { file: name, bytes: size, sha256: await hashFile(name, size) }
}

export function stemOf(name: string): string {
  return path.basename(name).replace(/\.(index\.)?jsonl?$/, '')
}

export async function statOf(name: string): Promise<Stats> {
  try {
    return await stat(name)
  } catch (error) {
    throw asCliError(error, name)
  }
}

function assertFlags(family: BuiltInFamily, { pretty, map, follow }: SourceFlags): void {
  const wrong = pretty === true && family !== 'audio-jobs' ? '--pretty' : undefined
  const other = map !== undefined && family !== 'workflow-records' ? '--map' : undefined
  const flag = wrong ?? other
  if (flag !== undefined) throw new CliError(exitCodes.usage, `${flag} is not for ${family}`, 'ledgerd import --help')
  if (follow === true && (pretty === true || map !== undefined))
    throw new CliError(exitCodes.usage, '--follow takes lines as they are: leave out --pretty and --map')
}

const firstBytes = 64 << 10

/** A record spread over lines is no line of any family; taken as lines it would be all damage. */
async function refusePretty(name: string, size: number): Promise<void> {
  const file = await openFile(name)
  try {
    const beginning = await readRange(file, 0, Math.min(size, firstBytes))
    if (!isSpread(new TextDecoder().decode(beginning))) return
    throw new CliError(
      exitCodes.no,
      `${name} is pretty-printed: a line of a ledger holds a whole record; nothing was imported`,
      '--family audio-jobs --pretty puts each record on one line, every number as it is spelled',
    )
  } finally {
    await file.close()
  }
}

/** True if the first line opens a container that the next one, indented, goes on with. */
function isSpread(beginning: string): boolean {
  const [first = '', second = ''] = beginning.split('\n').filter((line) => line.trim() !== '')
  const isOpened = /^[{[]/.test(first) && !parse(new TextEncoder().encode(first)).ok
  return isOpened && (first.trimEnd().length === 1 || /^\s/.test(second))
}
