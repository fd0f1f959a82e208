// `ledgerd import`: brings a ledger into a data folder and says what is in it. Never writes into a ledger, never overwrites
// one; a second import of the same source changes nothing. What the daemon needs to know it finds beside the ledger.
import path from 'node:path'
import { checkNewLedgerId } from '@ledgerd/protocol'
import type { LedgerSchema } from '@ledgerd/schema'
import type { BuiltInFamily } from '../schemas/built-in.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { compareWithPresent, copyIn, ledgerInPlace, lookOnly } from './import-copy.ts'
import { type ImportSource, openSource, type SourceFlags } from './import-source.ts'
import { importSchema, type ImportSchemaFlags } from './import-schema.ts'
import { formatImport, type ImportReport } from './import-text.ts'
import { exitCodeOfSignal, type Io } from './io.ts'
import { colorsFor, type OutputFlags } from './output-flags.ts'
import { reportError } from './report-error.ts'

export interface ImportFlags extends OutputFlags, SourceFlags, ImportSchemaFlags {
  readonly family: BuiltInFamily
  readonly as?: string
  readonly data?: string
  readonly dryRun?: boolean
  readonly inPlace?: boolean
  readonly drafts?: boolean
}

/** One import: what is read, and where it goes. */
export interface ImportTask {
  readonly source: ImportSource
  readonly schema: LedgerSchema
  readonly ledger: string
  /** Undefined for a dry run that names no data folder. */
  readonly target: string | undefined
  readonly flags: ImportFlags
  readonly io: Io
}

/** Imports everything named; the worst result is the exit code. */
export async function runImport(names: readonly string[], flags: ImportFlags, io: Io): Promise<number> {
  assertFlags(names, flags)
  let exitCode: number = exitCodes.yes
  for (const name of names) {
    try {
      const report = await importOne(name, flags, io)
      if (report === undefined) continue
      await writeReport(report, flags, io)
      if (report.action === 'followed') exitCode = exitCodeOfSignal(io.interrupted)
      if (flags.dryRun === true && report.counts.E > 0) exitCode = Math.max(exitCode, exitCodes.no)
    } catch (error) {
      exitCode = Math.max(exitCode, reportError(error, io))
    }
  }
  return exitCode
}

async function writeReport(report: ImportReport, flags: ImportFlags, io: Io): Promise<void> {
  const isJson = flags.json === true
  await io.write(isJson ? `${JSON.stringify(report)}\n` : formatImport(report, colorsFor(flags, io, io.isOutTerminal)))
}

function assertFlags(names: readonly string[], flags: ImportFlags): void {
  const { as, data, dryRun, drafts, family, follow, inPlace } = flags
  if (as !== undefined && names.length > 1)
    throw new CliError(exitCodes.usage, '--as names one ledger, and there are several files', 'import them one by one')
  if (data === undefined && dryRun !== true && drafts !== true)
    throw new CliError(exitCodes.usage, 'where to?', 'name the data folder: --data DIR, or only look: --dry-run')
  if (drafts === true && family !== 'build-order')
    throw new CliError(exitCodes.usage, `--drafts is not for ${family}: its lines are taken as they are`, '--dry-run')
  if (follow === true && (names.length > 1 || dryRun === true || inPlace === true))
    throw new CliError(
      exitCodes.usage,
      '--follow copies one file while it grows: it goes with no other file, --dry-run or --in-place',
      'see what is there now: --dry-run without --follow',
    )
}

/** Undefined when drafts were printed instead. */
async function importOne(name: string, flags: ImportFlags, io: Io): Promise<ImportReport | undefined> {
  const schema = await importSchema(flags)
  const source = await openSource(name, { family: flags.family, schema, flags, ledger: flags.as, io })
  const ledger = flags.inPlace === true ? ledgerInPlace(source, flags) : (flags.as ?? source.stem)
  checkNewLedgerId(ledger)
  const target = flags.data === undefined ? undefined : path.join(flags.data, `${ledger}.jsonl`)
  const task: ImportTask = { source, schema, ledger, target, flags, io }
  if (source.refusal !== undefined && flags.dryRun !== true)
    throw new CliError(exitCodes.no, `${source.refusal}; nothing was imported`, 'see all that is wrong: --dry-run')
  if (flags.drafts === true) return await (await import('./import-drafts.ts')).printDrafts(task)
  if (flags.dryRun === true || flags.inPlace === true) return await lookOnly(task)
  if (flags.follow === true)
    return await (await import('./import-follow.ts')).followSource(task, async (report) => {
      await writeReport(report, flags, io)
    })
  return (await compareWithPresent(task)) ?? (await copyIn(task))
}
