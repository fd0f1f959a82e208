// `ledgerd stats`: finds the ledgers that are meant, and prints one after the other what is in them and how they stand.
import fs from 'node:fs'
import path from 'node:path'
import { compilePattern } from '@ledgerd/protocol'
import { ledgersIn } from '../storage/ledgers-in.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { asCliError } from './file-bytes.ts'
import { KnownStops } from './folder-stops.ts'
import type { Io } from './io.ts'
import { colorsFor, type OutputFlags } from './output-flags.ts'
import { reportError } from './report-error.ts'
import type { SchemaFlags } from './schema-choice.ts'
import { ledgersOfDaemon, statsOfDaemon } from './stats-daemon.ts'
import { formatStats } from './stats-document.ts'
import { statsOfFile } from './stats-file.ts'
import { parseTarget, type Target } from './target.ts'

export interface StatsFlags extends OutputFlags, SchemaFlags {
  readonly data?: string
  readonly url?: string
}

/** Prints the stats of each ledger; the worst result is the exit code. */
export async function runStats(names: readonly string[], flags: StatsFlags, io: Io): Promise<number> {
  let exitCode: number = exitCodes.yes
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      exitCode = Math.max(exitCode, reportError(error, io))
    }
  }
  const colors = colorsFor(flags, io, io.isOutTerminal)
  const stops = new KnownStops(io, flags)
  for (const name of names.length === 0 ? [undefined] : names)
    await attempt(async () => {
      for (const target of await targetsOf(name, flags, io))
        await attempt(async () => {
          const isFile = target.kind === 'file'
          const stats = isFile
            ? await statsOfFile(target, flags, io, stops)
            : await statsOfDaemon(target.ledger, flags, io)
          await io.write(flags.json === true ? `${JSON.stringify(stats)}\n` : formatStats(stats, colors))
        })
    })
  return exitCode
}

/** The ledgers and files that a name stands for; every ledger there is without one. */
async function targetsOf(name: string | undefined, flags: StatsFlags, io: Io): Promise<readonly Target[]> {
  const { data } = flags
  const ofDaemon = async (pattern: string | undefined): Promise<readonly Target[]> =>
    (await ledgersOfDaemon(pattern, flags, io)).map((ledger) => ({ kind: 'ledger', name: ledger, ledger }))
  if (name === undefined) return data === undefined ? await ofDaemon(undefined) : inFolder(data, () => true)
  const target = parseTarget(name, flags)
  if (target.kind === 'stdin') throw new CliError(exitCodes.usage, 'stats takes no stdin', 'name a file')
  if (target.kind === 'pattern') {
    const pattern = target.ledger
    const found = data === undefined ? await ofDaemon(pattern) : inFolder(data, compilePattern(pattern))
    if (found.length === 0)
      throw new CliError(exitCodes.notFound, `no ledger matches ${pattern}`, 'see what there is: ledgerd stats')
    return found
  }
  const isFolder = target.kind === 'file' && fs.statSync(target.path, { throwIfNoEntry: false })?.isDirectory() === true
  return isFolder ? inFolder(target.path, () => true) : [target]
}

function inFolder(folder: string, isMeant: (ledger: string) => boolean): readonly Target[] {
  try {
    return ledgersIn(folder)
      .filter(isMeant)
      .map((ledger) => ({ kind: 'file', name: ledger, path: path.join(folder, `${ledger}.jsonl`), ledger }))
  } catch (error) {
    throw asCliError(error, folder)
  }
}
