// `ledgerd schema check`: loads two sides, compares them, replays stored lines, prints the verdict.
import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { LedgerSchema } from '@ledgerd/schema'
import {
  checkCompatibility,
  type CompatibilityMode,
  type CompatibilityReport,
  exitCodeOfReport,
  formatReport,
  isSameLock,
  lockFileName,
  type ReplayEvidence,
  type ReportFormat,
  type SchemaLock,
  settleByReplay,
} from '@ledgerd/schema-tools'
import { CliError } from './cli-error.ts'
import type { DaemonFlags } from './daemon-address.ts'
import { exitCodes } from './exit-code.ts'
import { exitCodeOfSignal, type Io } from './io.ts'
import { lintPackage } from './schema-lint.ts'
import { refuseLintErrors } from './schema-lint-run.ts'
import { locator } from './schema-locate.ts'
import { releaseVersion, suppressionsOf } from './schema-manifest.ts'
import { folderOf, loadPackage, lockPackage, readLock } from './schema-package.ts'
import { type ReplayPlan, replayLedger } from './schema-replay.ts'
import { oldLock } from './schema-sides.ts'

export interface SchemaCheckFlags extends DaemonFlags {
  readonly against?: string
  readonly format: ReportFormat
  readonly mode: CompatibilityMode
  readonly seed?: string
  readonly documents: string
  readonly replay?: readonly string[]
  readonly quiet?: boolean
}

export async function runSchemaCheck(place: string, flags: SchemaCheckFlags, io: Io): Promise<number> {
  const seed = flags.seed === undefined ? randomInt(2 ** 31 - 1) : wholeNumber('--seed', flags.seed)
  const documents = wholeNumber('--documents', flags.documents)
  const schema = await loadPackage(place)
  const folder = folderOf(place)
  const locate = await locator(folder)
  refuseLintErrors(await lintPackage(schema, place), place, locate, io)
  const old = await oldLock(flags.against, folder, schema.name)
  const lock = lockPackage(schema, await readLock(folder), place)
  await refuseStale(folder, lock, io)
  if (Object.keys(old.schema.events).length === 0)
    throw new CliError(exitCodes.undecided, 'the old side declares no event types; there is nothing to compare')
  if (old.schema.name !== schema.name)
    throw new CliError(
      exitCodes.undecided,
      `the old side is ${old.schema.name}, the new one ${schema.name}; nothing was compared`,
      'name an older version of the same package: --against npm:NAME@VERSION',
    )
  io.say(`ledgerd: comparing ${schema.name} ${schema.version} with ${old.schema.version} (seed ${seed})\n`)
  const compared = await compare(
    old,
    { schema, lock, folder, seed, documents, mode: flags.mode, isQuiet: flags.quiet === true },
    io,
  )
  if (compared === undefined) return interrupted(io)
  const evidence = await replayAll(flags.replay ?? [], { schema, old, flags, io })
  if (evidence === undefined) return interrupted(io)
  const report = settleByReplay(compared, evidence)
  await io.write(formatReport(report, flags.format, locate))
  return exitCodeOfReport(report)
}

interface Comparison {
  readonly schema: LedgerSchema
  readonly lock: SchemaLock
  readonly folder: string
  readonly seed: number
  readonly documents: number
  readonly mode: CompatibilityMode
  readonly isQuiet: boolean
}

/** Undefined if it was interrupted between two versions. */
async function compare(old: SchemaLock, plan: Comparison, io: Io): Promise<CompatibilityReport | undefined> {
  const { schema, lock, folder, seed, documents, mode, isQuiet } = plan
  const isRedrawn = io.isErrTerminal && !isQuiet
  const stopped = new AbortController()
  try {
    return await checkCompatibility(
      { frozen: old.schema },
      { frozen: lock.schema, events: schema.events },
      {
        seed,
        documents,
        mode,
        golden: old.golden,
        suppressions: await suppressionsOf(folder),
        today: new Date(io.nowMs()).toISOString().slice(0, 10),
        releaseVersion: await releaseVersion(folder, schema.name, schema.version),
        onVersion: async (type, version) => {
          // Trying a version keeps the thread for seconds; between two, signals are heard.
          await new Promise((resolve) => setImmediate(resolve))
          if (io.interrupted.aborted) stopped.abort()
          stopped.signal.throwIfAborted()
          if (isRedrawn) io.say(`\r\x1b[K${type} version ${version}: ${documents} documents`)
        },
      },
    )
  } catch (error) {
    if (stopped.signal.aborted) return undefined
    throw error
  } finally {
    if (isRedrawn) io.say('\r\x1b[K')
  }
}

function interrupted(io: Io): number {
  io.say('ledgerd: interrupted; nothing is claimed\n')
  return exitCodeOfSignal(io.interrupted)
}

async function replayAll(names: readonly string[], plan: ReplayPlan): Promise<readonly ReplayEvidence[] | undefined> {
  const all: ReplayEvidence[] = []
  for (const name of names) {
    const evidence = await replayLedger(name, plan)
    if (evidence === undefined) return undefined
    all.push(evidence)
  }
  return plan.io.interrupted.aborted ? undefined : all
}

/** A lock that does not match the package would freeze something else than what was compared. */
async function refuseStale(place: string, lock: SchemaLock, io: Io): Promise<void> {
  const present = await readFile(path.join(place, lockFileName), 'utf8').catch(() => undefined)
  if (present === undefined) io.say(`ledgerd: ${place} has no lock yet; write it: ledgerd schema gen ${place}\n`)
  else if (!isSameLock(present, lock))
    throw new CliError(exitCodes.no, `the lock of ${place} is stale`, `ledgerd schema gen ${place}`)
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new CliError(exitCodes.usage, `${flag} takes a whole number above 0, not ${text}`)
  return value
}
