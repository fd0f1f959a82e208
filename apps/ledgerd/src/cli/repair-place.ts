// Which file a repair is about, where what it leaves behind is kept, and which files it does not begin with at all.
import fs from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import type { LedgerSchema } from '@ledgerd/schema'
import { shellWord } from '../ops/shell-word.ts'
import { schemaOnRecord } from '../storage/origin.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { asCliError } from './file-bytes.ts'
import type { RepairPlace } from './repair-look.ts'
import type { SchemaFlags } from './schema-choice.ts'
import { findSidecarFolder } from './sidecar-files.ts'

/** The flags that say which lines are meant. */
export interface RepairTargetFlags extends SchemaFlags {
  readonly data?: string
}

/** A file in a data folder has its sidecar there; another gets a folder beside it, made only when something is kept. */
export function placeOf(file: string, name: string): RepairPlace {
  const full = path.resolve(file)
  try {
    assertPlain(file, fs.lstatSync(full))
  } catch (error) {
    throw asCliError(error, file)
  }
  const found = full.endsWith('.jsonl') ? findSidecarFolder(full) : undefined
  if (found === undefined) return { file: full, ledger: name, sidecar: `${full}.repair`, dataFolder: undefined }
  const dataFolder = full.slice(0, -`/${found.ledger}.jsonl`.length)
  return { file: full, ledger: found.ledger, sidecar: found.folder, dataFolder }
}

/** Anything else is not opened: a pipe would keep its reader waiting for ever. */
function assertPlain(file: string, stat: fs.Stats): void {
  const word = shellWord(file)
  if (stat.isSymbolicLink())
    throw new CliError(
      exitCodes.usage,
      `${file} is a link; links are not followed`,
      `name the file: readlink -f ${word}`,
    )
  if (!stat.isFile()) throw new CliError(exitCodes.usage, `${file} is no plain file`, `see what it is: ls -ld ${word}`)
  if (stat.nlink === 1) return
  const copy = shellWord(`${file}.copy`)
  throw new CliError(
    exitCodes.usage,
    `${file} has ${stat.nlink} names; a ledger has one, and what is cut here would be cut there`,
    `give it a copy of its own: cp -p ${word} ${copy} && mv ${copy} ${word}`,
  )
}

/** Under another schema whole lines are not admissible, and would be set aside. */
export function assertOnRecord({ sidecar }: RepairPlace, schema: LedgerSchema, name: string): void {
  const recorded = schemaOnRecord(sidecar)?.name ?? schema.name
  if (recorded === schema.name) return
  throw new CliError(
    exitCodes.usage,
    `the lines of ${name} are ${recorded} by its record, not ${schema.name}`,
    'leave --family and --schema away',
  )
}

/** What somebody else makes beside a ledger, its daemon cannot open. */
export function assertOwn({ file, dataFolder }: RepairPlace, name: string, flags: RepairTargetFlags): void {
  const { uid } = fs.statSync(file)
  const own = process.getuid?.() ?? uid
  if (dataFolder === undefined || uid === own) return
  throw new CliError(
    exitCodes.usage,
    `${name} belongs to user ${uid}, not ${own}: what you leave beside it could not be opened by its daemon`,
    `as that user: sudo -u '#${uid}' ledgerd repair --apply ${wordsOf(name, flags)}`,
  )
}

/** The target and what else says which lines are meant, for the next command. */
export function wordsOf(target: string, { data, family, schema }: RepairTargetFlags): string {
  const flags = Object.entries({ data, family, schema }).filter(
    (flag): flag is [string, string] => flag[1] !== undefined,
  )
  return [shellWord(target), ...flags.map(([flag, value]) => `--${flag} ${shellWord(value)}`)].join(' ')
}
