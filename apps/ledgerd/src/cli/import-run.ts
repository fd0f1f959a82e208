// `ledgerd import`: copies files into a data folder byte for byte and says what is in them. Never writes into a ledger,
// never overwrites one; a second import of the same bytes changes nothing. What the daemon needs to remember it writes
// itself when it first opens the ledger.
import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { type FileHandle, link, mkdir, open, unlink } from 'node:fs/promises'
import path from 'node:path'
import { checkNewLedgerId } from '@ledgerd/protocol'
import { worldEvents } from '@ledgerd/schema-world-events'
import { verifyLedger, type VerifyReport } from '@ledgerd/verify'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { fileChunks, openFile } from './file-bytes.ts'
import { formatImport, type ImportReport } from './import-text.ts'
import { exitCodeOfSignal, type Io } from './io.ts'
import { colorsFor, type OutputFlags } from './output-flags.ts'
import { Progress } from './progress.ts'
import { reportError } from './report-error.ts'

export interface ImportFlags extends OutputFlags {
  readonly family: string
  readonly as?: string
  readonly data?: string
  readonly dryRun?: boolean
  readonly inPlace?: boolean
}

/** Imports all files; the worst result is the exit code. */
export async function runImport(files: readonly string[], flags: ImportFlags, io: Io): Promise<number> {
  if (flags.as !== undefined && files.length > 1)
    throw new CliError(exitCodes.usage, '--as names one ledger, and there are several files', 'import them one by one')
  if (flags.data === undefined && flags.dryRun !== true)
    throw new CliError(exitCodes.usage, 'where to?', 'name the data folder: --data DIR, or only look: --dry-run')
  let exitCode: number = exitCodes.yes
  for (const file of files) {
    try {
      const report = await importFile(file, flags, io)
      const text =
        flags.json === true
          ? `${JSON.stringify(report)}\n`
          : formatImport(report, colorsFor(flags, io, io.isOutTerminal))
      await io.write(text)
      if (flags.dryRun === true && report.counts.E > 0) exitCode = Math.max(exitCode, exitCodes.no)
    } catch (error) {
      exitCode = Math.max(exitCode, reportError(error, io))
    }
  }
  return exitCode
}

async function importFile(source: string, flags: ImportFlags, io: Io): Promise<ImportReport> {
  const ledger =
    flags.inPlace === true ? ledgerInPlace(source, flags) : (flags.as ?? path.basename(source).replace(/\.jsonl$/, ''))
  checkNewLedgerId(ledger)
  const target = flags.data === undefined ? undefined : path.join(flags.data, `${ledger}.jsonl`)
  const file = await openFile(source)
  try {
    const { size } = await file.stat()
    if (flags.dryRun === true || flags.inPlace === true || target === undefined) {
      const sha256 = await hashFile(source, file, size)
      const report = await check(source, file, size, ledger, flags, io)
      const action = flags.inPlace === true && flags.dryRun !== true ? 'in-place' : 'dry-run'
      return reportOf(source, action, action === 'in-place' ? source : (target ?? null), sha256, report)
    }
    return await copyIn({ source, file, size, ledger, target }, flags, io)
  } finally {
    await file.close()
  }
}

interface Copy {
  readonly source: string
  readonly file: FileHandle
  readonly size: number
  readonly ledger: string
  readonly target: string
}

/** What is checked is the copy, and what is put in its place is what was checked. */
async function copyIn({ source, file, size, ledger, target }: Copy, flags: ImportFlags, io: Io): Promise<ImportReport> {
  const folder = path.join(flags.data as string, '.ledgerd', 'import')
  if (fs.existsSync(target)) return await compareWithPresent({ source, file, size, ledger, target }, flags, io)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const copy = path.join(folder, `${randomBytes(8).toString('hex')}.jsonl`)
  const written = await open(copy, 'wx+', 0o600)
  try {
    const hash = createHash('sha256')
    for await (const chunk of fileChunks(source, file, 0, size)) {
      assertGoingOn(io)
      hash.update(chunk)
      await written.writeFile(chunk)
    }
    await written.sync()
    const report = await check(source, written, size, ledger, flags, io)
    assertGoingOn(io)
    await mkdir(path.dirname(target), { recursive: true, mode: 0o700 })
    // A hard link fails where a rename would overwrite.
    await link(copy, target).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? refusal(target) : error
    })
    return reportOf(source, 'copied', target, hash.digest('hex'), report)
  } finally {
    await written.close()
    await unlink(copy)
    if (fs.existsSync(target)) await syncFolder(path.dirname(target))
  }
}

async function compareWithPresent(
  { source, file, size, ledger, target }: Copy,
  flags: ImportFlags,
  io: Io,
): Promise<ImportReport> {
  const present = await openFile(target)
  try {
    const there = (await present.stat()).size
    const sha256 = await hashFile(source, file, size)
    // The daemon may have appended since: the same beginning is the same import.
    if (there < size || (await hashFile(target, present, size)) !== sha256) throw refusal(target)
    return reportOf(source, 'unchanged', target, sha256, await check(source, file, size, ledger, flags, io))
  } finally {
    await present.close()
  }
}

async function check(
  source: string,
  file: FileHandle,
  size: number,
  ledger: string,
  flags: ImportFlags,
  io: Io,
): Promise<VerifyReport> {
  const { quiet: isQuiet = false, json: isJson = false } = flags
  const progress = new Progress({ io, isQuiet, isJson, target: source, totalBytes: size })
  try {
    return await verifyLedger({
      chunks: fileChunks(source, file, 0, size),
      endOffset: size,
      target: source,
      ledger,
      schema: worldEvents,
      level: 'schema',
      onProgress: (done) => progress.update(done),
      signal: io.interrupted,
    })
  } finally {
    progress.end()
  }
}

async function hashFile(name: string, file: FileHandle, size: number): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of fileChunks(name, file, 0, size)) hash.update(chunk)
  return hash.digest('hex')
}

function ledgerInPlace(source: string, { data, as }: ImportFlags): string {
  if (data === undefined) throw new CliError(exitCodes.usage, '--in-place needs the data folder', '--data DIR')
  const inside = path.relative(fs.realpathSync(data), fs.realpathSync(source)).split(path.sep).join('/')
  const ledger = inside.replace(/\.jsonl$/, '')
  if (inside.startsWith('..') || !inside.endsWith('.jsonl'))
    throw new CliError(
      exitCodes.usage,
      `${source} does not lie in ${data} as a .jsonl file`,
      'leave out --in-place to copy it there',
    )
  if (as !== undefined && as !== ledger)
    throw new CliError(
      exitCodes.usage,
      `in its place the file is the ledger ${ledger}, not ${as}`,
      'leave out --as or --in-place',
    )
  return ledger
}

/** A signal stops an import before the ledger is in its place; then nothing was changed. */
function assertGoingOn(io: Io): void {
  if (io.interrupted.aborted) throw new CliError(exitCodeOfSignal(io.interrupted), 'interrupted; nothing was imported')
}

function refusal(target: string): CliError {
  return new CliError(
    exitCodes.no,
    `${target} is there already with other content; nothing was changed`,
    'take another id: --as LEDGER',
  )
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function reportOf(
  source: string,
  action: ImportReport['action'],
  file: string | null,
  sha256: string,
  report: VerifyReport,
): ImportReport {
  const verdict = worldEvents.profileOf(new Map(Object.entries(report.variants)))
  const { ledger, bytes, lines, root, status, variants, counts, findings } = report
  return {
    kind: 'import-report',
    v: 1,
    family: 'world-events',
    source,
    ledger,
    file,
    action,
    status,
    bytes,
    lines,
    sha256: `sha256:${sha256}`,
    root,
    variants,
    profile: 'profile' in verdict ? verdict.profile : null,
    conflict: 'conflict' in verdict ? verdict.conflict : null,
    counts,
    findings,
  }
}
