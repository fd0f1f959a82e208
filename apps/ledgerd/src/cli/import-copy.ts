// Where an import touches the data folder: a copy is written aside, checked, and only then put in its place; what is there
// already is compared and never touched. Beside each ledger a report says where it came from.
import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { link, mkdir, open, unlink } from 'node:fs/promises'
import path from 'node:path'
import { verifyLedger, type VerifyReport } from '@ledgerd/verify'
import { freeze } from '../schemas/freeze.ts'
import { DataFolder } from '../storage/data-folder.ts'
import { makeFolder, syncFolder } from '../storage/durable.ts'
import { importOnRecord, originOf, schemaOnRecord, writeImportReport } from '../storage/origin.ts'
import { keepSchemaCopy } from '../storage/schema-copies.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { CostWatch, withCosts } from './import-costs.ts'
import type { ImportFlags, ImportTask } from './import-run.ts'
import { chunksOf, hashFile, type ImportSource, statOf } from './import-source.ts'
import { type ImportReport, reportOf } from './import-text.ts'
import { exitCodeOfSignal, type Io } from './io.ts'
import { Progress } from './progress.ts'

export const reportedMax = 100_000

/** Checks the source where it lies. In place, the report is kept; in a dry run nothing is. */
export async function lookOnly(task: ImportTask): Promise<ImportReport> {
  const { source, flags, target } = task
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of source.chunks()) {
    hash.update(chunk)
    bytes += chunk.length
  }
  const report = await check(task, source.chunks(), bytes)
  assertGoingOn(task.io)
  const action = flags.dryRun === true ? 'dry-run' : 'in-place'
  const file = action === 'in-place' ? source.name : (target ?? null)
  const made = reportOf(task, action, file, `sha256:${hash.digest('hex')}`, report)
  if (action === 'in-place') keepReport(task, made)
  return made
}

/**
 * What is checked is the copy, and what is put in its place is what was checked. Throws LEDGER_ID_INVALID for an id that
 * no daemon would serve: it leads through a link, or differs from another by case only.
 */
export async function copyIn(task: ImportTask): Promise<ImportReport> {
  const { source, ledger, io } = task
  const target = task.target as string
  const data = new DataFolder(task.flags.data as string)
  data.prepareNew(ledger)
  const folder = path.join(data.sidecarRoot, 'import')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const copy = path.join(folder, `${randomBytes(8).toString('hex')}.jsonl`)
  const written = await open(copy, 'wx+', 0o600)
  try {
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of source.chunks()) {
      assertGoingOn(io)
      hash.update(chunk)
      bytes += chunk.length
      await written.writeFile(chunk)
    }
    await written.sync()
    const report = await check(task, chunksOf(copy, bytes), bytes)
    assertGoingOn(io)
    const made = reportOf(task, 'copied', target, `sha256:${hash.digest('hex')}`, report)
    // Before the ledger appears: a daemon that finds it at once knows what its lines are.
    keepReport(task, made)
    // A hard link fails where a rename would overwrite.
    await link(copy, target).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? refusal(target, ledger, source) : error
    })
    return made
  } finally {
    await written.close()
    await unlink(copy)
    if (fs.existsSync(target)) syncFolder(path.dirname(target))
  }
}

/** The report of an import that was done before; undefined when the ledger is not there. Throws when it is another. */
export async function compareWithPresent(task: ImportTask): Promise<ImportReport | undefined> {
  const { source, ledger } = task
  const target = task.target as string
  if (!fs.existsSync(target)) return undefined
  assertSameSchema(task)
  if (source.isHeldBy !== undefined) {
    if (!(await source.isHeldBy(target))) throw refusal(target, ledger, source)
    const bytes = (await statOf(target)).size
    return reportOf(
      task,
      'unchanged',
      target,
      await hashFile(target, bytes),
      await check(task, chunksOf(target, bytes), bytes),
    )
  }
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of source.chunks()) {
    hash.update(chunk)
    bytes += chunk.length
  }
  const sha256 = `sha256:${hash.digest('hex')}`
  // The daemon may have appended since: the same beginning is the same import.
  const isHeld = (await statOf(target)).size >= bytes && (await hashFile(target, bytes)) === sha256
  if (!isHeld) throw (await isBeginning(target, source)) ? grown(target, source) : refusal(target, ledger, source)
  const made = reportOf(task, 'unchanged', target, sha256, await check(task, source.chunks(), bytes))
  assertGoingOn(task.io)
  if (isUnrecorded(sidecarOf(task), sha256) && (await statOf(target)).size === bytes) keepReport(task, made)
  return made
}

/** True for a file that was put there by hand, or by a follow that was killed, and that no daemon has opened. */
function isUnrecorded(sidecar: string, sha256: string): boolean {
  return originOf(sidecar) === undefined && importOnRecord(sidecar)?.sha256 !== sha256
}

/** Throws CliError when the ledger that is there is of another family. */
export function assertSameSchema(task: ImportTask): void {
  const recorded = schemaOnRecord(sidecarOf(task))
  if (recorded === undefined || recorded.name === task.schema.name) return
  const sentence = `${task.target ?? task.ledger} is there already, and its lines are ${recorded.name}`
  throw new CliError(exitCodes.no, `${sentence}; nothing was changed`, otherId)
}

/** The id of a file by its place in the data folder. Throws CliError when it lies elsewhere. */
export function ledgerInPlace(source: ImportSource, { data, as }: ImportFlags): string {
  const { name } = source
  if (data === undefined) throw new CliError(exitCodes.usage, '--in-place needs the data folder', '--data DIR')
  if (source.files.length > 0)
    throw new CliError(exitCodes.usage, `${name} is not a ledger as it lies`, 'leave out --in-place to make one of it')
  const inside = path.relative(fs.realpathSync(data), fs.realpathSync(name)).split(path.sep).join('/')
  const ledger = inside.replace(/\.jsonl$/, '')
  if (inside.startsWith('..') || !inside.endsWith('.jsonl'))
    throw new CliError(
      exitCodes.usage,
      `${name} does not lie in ${data} as a .jsonl file`,
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

async function check(task: ImportTask, chunks: AsyncIterable<Uint8Array>, bytes: number): Promise<VerifyReport> {
  const { source, schema, ledger, flags, io } = task
  const { quiet: isQuiet = false, json: isJson = false } = flags
  const progress = new Progress({ io, isQuiet, isJson, target: source.name, totalBytes: bytes })
  const costs = flags.family === 'workflow-records' ? new CostWatch() : undefined
  try {
    const report = await verifyLedger({
      chunks: costs === undefined ? chunks : costs.watch(chunks),
      endOffset: bytes,
      target: source.name,
      ledger,
      schema,
      level: 'schema',
      findingsMax: reportedMax,
      onProgress: (done) => progress.update(done),
      signal: io.interrupted,
    })
    return withCosts(report, costs)
  } finally {
    progress.end()
  }
}

/** The report beside the ledger, with the frozen schema it was checked under. */
export function keepReport(task: ImportTask, report: ImportReport): void {
  const { schema, flags } = task
  const sidecar = sidecarOf(task)
  const frozen = freeze(schema)
  makeFolder(sidecar)
  keepSchemaCopy(path.join(path.resolve(flags.data as string), '.ledgerd'), frozen.digest, frozen.text)
  writeImportReport(sidecar, {
    ...report,
    schema: { name: schema.name, version: schema.version, digest: frozen.digest },
  })
}

export function sidecarOf({ flags, ledger }: ImportTask): string {
  return path.join(path.resolve(flags.data as string), '.ledgerd', 'ledgers', `${ledger}.jsonl`)
}

/** A signal stops an import before the ledger is in its place; then nothing was changed. */
function assertGoingOn(io: Io): void {
  if (io.interrupted.aborted) throw new CliError(exitCodeOfSignal(io.interrupted), 'interrupted; nothing was imported')
}

/** True if the source is one file that was taken over before and has grown since. */
async function isBeginning(target: string, { name, files }: ImportSource): Promise<boolean> {
  const { size } = await statOf(target)
  return files.length === 0 && (await hashFile(target, size)) === (await hashFile(name, size))
}

function grown(target: string, { name }: ImportSource): CliError {
  const sentence = `${target} is the beginning of ${name}, which has grown since; nothing was changed`
  return new CliError(exitCodes.no, sentence, 'take over the rest, and what still comes: --follow')
}

const otherId = 'take another id: --as LEDGER'

function refusal(target: string, ledger: string, source: ImportSource): CliError {
  const sentence = `${target} is there already with other content; nothing was changed`
  return new CliError(exitCodes.no, sentence, source.onDifference?.replaceAll('LEDGER', ledger) ?? otherId)
}
