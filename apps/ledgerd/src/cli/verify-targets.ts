// What `verify`, `cat` and `tail` are pointed at, one by one: a folder stands for the files below it, a pattern for the
// ledgers that match it. What a name stands for is found before the first check.
import fs from 'node:fs'
import path from 'node:path'
import { compilePattern } from '@ledgerd/protocol'
import { ledgersIn } from '../storage/ledgers-in.ts'
import { CliError } from './cli-error.ts'
import type { DaemonFlags } from './daemon-address.ts'
import { exitCodes } from './exit-code.ts'
import { asCliError } from './file-bytes.ts'
import type { Io } from './io.ts'
import type { OutputFlags } from './output-flags.ts'
import type { SchemaFlags } from './schema-choice.ts'
import { parseTarget, type Target } from './target.ts'

export interface TargetFlags extends OutputFlags, SchemaFlags, DaemonFlags {
  readonly as?: string
}

/** The targets that a name stands for, in the order of their names. Throws CliError, also when there is none. */
export async function targetsOf(name: string, flags: TargetFlags, io: Io): Promise<readonly Target[]> {
  const target = parseTarget(name, flags)
  if (target.kind === 'pattern') return await matching(target.ledger, flags, io)
  if (target.kind !== 'file' || !isFolder(target.path)) return [target]
  const files = filesBelow(target.path).sort()
  if (files.length === 0)
    throw new CliError(exitCodes.notFound, `there is no .jsonl file below ${name}`, `see what there is: ls ${name}`)
  return files.map((file) => parseTarget(file, flags))
}

async function matching(pattern: string, flags: TargetFlags, io: Io): Promise<readonly Target[]> {
  const { data } = flags
  const ledgers =
    data === undefined ? await askDaemon(pattern, flags, io) : ledgersOf(data).filter(compilePattern(pattern))
  if (ledgers.length === 0)
    throw new CliError(exitCodes.notFound, `no ledger matches ${pattern}`, 'see what there is: ledgerd stats')
  return ledgers.map((ledger) => parseTarget(ledger, flags))
}

async function askDaemon(pattern: string, flags: TargetFlags, io: Io): Promise<readonly string[]> {
  const { ledgersOfDaemon } = await import('./stats-daemon.ts')
  return await ledgersOfDaemon(pattern, flags, io)
}

function ledgersOf(folder: string): readonly string[] {
  try {
    return ledgersIn(folder)
  } catch (error) {
    throw asCliError(error, folder)
  }
}

/** Also files whose names are no ledger ids, and links to files: a checker passes over nothing that reads like a ledger. */
function filesBelow(folder: string): string[] {
  const found: string[] = []
  for (const entry of entriesOf(folder)) {
    if (entry.name.startsWith('.')) continue
    const full = path.join(folder, entry.name)
    if (entry.isDirectory()) found.push(...filesBelow(full))
    else if (entry.name.endsWith('.jsonl') && !isFolder(full)) found.push(full)
  }
  return found
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    throw asCliError(error, folder)
  }
}

function isFolder(file: string): boolean {
  try {
    return fs.statSync(file).isDirectory()
  } catch {
    return false // What cannot be looked at is taken for a file: opening that says why.
  }
}
