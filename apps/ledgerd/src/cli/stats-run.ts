// `ledgerd stats`: counts the whole lines of a file in one pass and bounded memory. It verifies nothing: what a line is
// worth is the business of `verify`.
import { createHash } from 'node:crypto'
import { isBlank, LineSplitter } from '@ledgerd/canonical'
import { LedgerError, type LedgerSchema } from '@ledgerd/schema'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { formatBytes, formatCount, formatLines } from './figures.ts'
import { fileChunks, openFile } from './file-bytes.ts'
import { exitCodeOfSignal, type Io } from './io.ts'
import { neutralize } from './neutralize.ts'
import { colorsFor, type Colors, type OutputFlags } from './output-flags.ts'
import { reportError } from './report-error.ts'
import { assertAtHand, schemaOfFile, type SchemaFlags } from './schema-choice.ts'
import { parseTarget } from './target.ts'

export interface StatsFlags extends OutputFlags, SchemaFlags {
  readonly data?: string
}

interface Stats {
  readonly kind: 'stats'
  readonly v: 1
  readonly target: string
  /** Name and version. */
  readonly schema: string
  /** Those that end in LF, blank ones included. */
  readonly lines: number
  readonly blankLines: number
  /** Up to the last LF. */
  readonly bytes: number
  /** Bytes behind the last LF. */
  readonly tailBytes: number
  /** Of the lines, which for a file that ends in LF is the hash of the file. */
  readonly sha256: string
  readonly types: Readonly<Record<string, number>>
  /** Lines whose type cannot be read. */
  readonly untyped: number
  /** RFC 3339, the earliest and the latest time of any line. */
  readonly earliest: string | null
  readonly latest: string | null
  /** kernel-runs: the hash of Ledger Specification §5.3; null elsewhere, and where a line has no canonical text. */
  readonly ledgerHash: string | null
}

/** Counts each target; the worst result is the exit code. */
export async function runStats(names: readonly string[], flags: StatsFlags, io: Io): Promise<number> {
  let exitCode: number = exitCodes.yes
  for (const name of names) {
    try {
      const stats = await statsOf(name, flags, io)
      await io.write(
        flags.json === true ? `${JSON.stringify(stats)}\n` : formatStats(stats, colorsFor(flags, io, io.isOutTerminal)),
      )
    } catch (error) {
      exitCode = Math.max(exitCode, reportError(error, io))
    }
  }
  return exitCode
}

async function statsOf(name: string, flags: StatsFlags, io: Io): Promise<Stats> {
  const target = parseTarget(name, flags)
  if (target.kind !== 'file')
    throw new CliError(
      exitCodes.usage,
      `stats reads files, not ${name}`,
      `name its folder: ledgerd stats ${name} --data DIR`,
    )
  const schema = assertAtHand(await schemaOfFile(target.path, flags), name)
  const count = new Count(schema, await kernelHasher(schema))
  const file = await openFile(target.path)
  try {
    const { size } = await file.stat()
    for await (const chunk of fileChunks(target.path, file, 0, size)) {
      if (io.interrupted.aborted)
        throw new CliError(exitCodeOfSignal(io.interrupted), 'interrupted; nothing was counted')
      count.take(chunk)
    }
    return count.stats(name, size)
  } finally {
    await file.close()
  }
}

interface EntryHasher {
  addLine(line: Uint8Array): void
  digest(): string
}

async function kernelHasher(schema: LedgerSchema): Promise<EntryHasher | undefined> {
  if (schema.family !== 'kernel-runs') return undefined
  return new (await import('@ledgerd/schema-kernel-runs')).LedgerHasher()
}

class Count {
  readonly #schema: LedgerSchema
  readonly #splitter = new LineSplitter({ lineBytesMax: Number.MAX_SAFE_INTEGER })
  readonly #hash = createHash('sha256')
  readonly #types = new Map<string, number>()
  /** Undefined for other families, and once a line has no canonical text. */
  #entries: EntryHasher | undefined
  #lines = 0
  #blankLines = 0
  #untyped = 0
  #bytes = 0
  #earliestMs = Number.POSITIVE_INFINITY
  #latestMs = Number.NEGATIVE_INFINITY

  constructor(schema: LedgerSchema, entries: EntryHasher | undefined) {
    this.#schema = schema
    this.#entries = entries
  }

  take(chunk: Uint8Array): void {
    for (const { bytes } of this.#splitter.push(chunk)) {
      this.#hash.update(bytes).update('\n')
      this.#lines++
      this.#bytes += bytes.length + 1
      if (isBlank(bytes)) this.#blankLines++
      else this.#takeRecord(bytes)
    }
  }

  stats(target: string, size: number): Stats {
    const { name, version } = this.#schema
    return {
      kind: 'stats',
      v: 1,
      target,
      schema: `${name} ${version}`,
      lines: this.#lines,
      blankLines: this.#blankLines,
      bytes: this.#bytes,
      tailBytes: size - this.#bytes,
      sha256: `sha256:${this.#hash.digest('hex')}`,
      types: Object.fromEntries([...this.#types].toSorted()),
      untyped: this.#untyped,
      earliest: timeText(this.#earliestMs),
      latest: timeText(this.#latestMs),
      ledgerHash: this.#entries?.digest() ?? null,
    }
  }

  #takeRecord(line: Uint8Array): void {
    const type = this.#schema.routeOf(line)?.type
    if (type === undefined) this.#untyped++
    else this.#types.set(type, (this.#types.get(type) ?? 0) + 1)
    const timeMs = this.#schema.timeMsOf(line)
    if (timeMs !== undefined) {
      this.#earliestMs = Math.min(this.#earliestMs, timeMs)
      this.#latestMs = Math.max(this.#latestMs, timeMs)
    }
    try {
      this.#entries?.addLine(line)
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      // A line that is no entry: the specification then has no hash of the ledger.
      this.#entries = undefined
    }
  }
}

function timeText(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null
}

function formatStats(stats: Stats, colors: Colors): string {
  const { target, schema, lines, blankLines, bytes, tailBytes, sha256, types, untyped, earliest, latest } = stats
  const kinds = Object.entries(types).map(([type, count]) => `${neutralize(type)} ${formatCount(count)}`)
  if (untyped > 0) kinds.push(`unreadable ${formatCount(untyped)}`)
  const isKernel = schema.startsWith('@ledgerd/schema-kernel-runs ')
  const out = [
    `${colors.bold(neutralize(target))}   ${formatLines(lines)}   ${formatBytes(bytes)}   ${sha256}`,
    `  schema       ${schema}`,
    `  types        ${kinds.length === 0 ? 'none' : kinds.join(', ')}`,
    `  times        ${earliest === null ? 'none' : `${earliest} to ${latest ?? ''}`}`,
    ...(isKernel ? [`  ledger hash  ${stats.ledgerHash ?? 'none: a line is no entry'}`] : []),
    ...(blankLines > 0 ? [`  blank        ${formatLines(blankLines)}`] : []),
    ...(tailBytes > 0 ? [`  tail         ${formatBytes(tailBytes)} behind the last line feed, not counted`] : []),
  ]
  return `${out.join('\n')}\n`
}
