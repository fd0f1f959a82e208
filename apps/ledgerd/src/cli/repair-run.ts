// `ledgerd repair`: looks, says what it would do, and with --apply does it under the lock.
import fs from 'node:fs'
import path from 'node:path'
import { shellWord } from '../ops/shell-word.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { asCliError } from './file-bytes.ts'
import type { Io } from './io.ts'
import { neutralize } from './neutralize.ts'
import { colorsFor, type OutputFlags } from './output-flags.ts'
import { applyRepair } from './repair-apply.ts'
import { lookAt, type RepairPlace } from './repair-look.ts'
import type { RepairPlan } from './repair-plan.ts'
import { assertAtHand, schemaOfFile, type SchemaFlags } from './schema-choice.ts'
import { findSidecarFolder } from './sidecar-files.ts'
import { parseTarget } from './target.ts'

export interface RepairFlags extends OutputFlags, SchemaFlags {
  readonly apply?: boolean
  readonly data?: string
}

/** What `--json` prints. */
export interface RepairDocument {
  readonly kind: 'repair'
  readonly v: 1
  readonly target: string
  readonly verdict: RepairPlan['verdict']
  readonly isApplied: boolean
  readonly message: string
  /** Where the bytes begin that are copied aside; null when there are none. */
  readonly offset: number | null
  readonly bytesCopied: number
  readonly bytesSetAside: number
  readonly addsLineFeed: boolean
  /** The folder of the copies. */
  readonly aside: string
}

/** Prints what was found and done; exit code 1 for damage. */
export async function runRepair(name: string, flags: RepairFlags, io: Io): Promise<number> {
  const target = parseTarget(name, flags)
  if (target.kind !== 'file')
    throw new CliError(exitCodes.usage, `repair works on files, not on ${name}`, `ledgerd repair ${name} --data DIR`)
  const place = placeOf(target.path, target.ledger)
  const schema = assertAtHand(await schemaOfFile(target.path, flags), name)
  const isWished = flags.apply === true
  const plan = isWished ? await applyRepair(place, schema, io.nowMs) : lookAt(place, schema)
  const document = documentOf(name, place, plan, isWished && plan.verdict === 'repairable')
  if (flags.json === true) await io.write(`${JSON.stringify(document)}\n`)
  else await io.write(textOf(document, flags, io))
  if (flags.quiet !== true) io.say(nextStep(document, flags))
  return plan.verdict === 'damaged' ? exitCodes.no : exitCodes.yes
}

/** A file in a data folder has its sidecar there; another gets a folder beside it, made only when something is kept. */
function placeOf(file: string, name: string): RepairPlace {
  const full = path.resolve(file)
  try {
    if (fs.lstatSync(full).isSymbolicLink())
      throw new CliError(
        exitCodes.usage,
        `${file} is a link; links are not followed`,
        `name the file: readlink -f ${shellWord(file)}`,
      )
  } catch (error) {
    throw asCliError(error, file)
  }
  const found = full.endsWith('.jsonl') ? findSidecarFolder(full) : undefined
  if (found === undefined) return { file: full, ledger: name, sidecar: `${full}.repair`, dataFolder: undefined }
  const dataFolder = full.slice(0, -`/${found.ledger}.jsonl`.length)
  return { file: full, ledger: found.ledger, sidecar: found.folder, dataFolder }
}

function documentOf(target: string, place: RepairPlace, plan: RepairPlan, isApplied: boolean): RepairDocument {
  const cut = plan.verdict === 'repairable' ? plan.cut : undefined
  return {
    kind: 'repair',
    v: 1,
    target,
    verdict: plan.verdict,
    isApplied,
    message: plan.message,
    offset: cut?.offset ?? null,
    bytesCopied: cut?.length ?? 0,
    bytesSetAside: cut === undefined ? 0 : cut.length - cut.kept.length,
    addsLineFeed: cut?.kept.needsLineFeed ?? false,
    aside: path.join(place.sidecar, 'aside'),
  }
}

function textOf(document: RepairDocument, flags: RepairFlags, io: Io): string {
  const { target, verdict, isApplied, message, bytesCopied, offset, aside } = document
  const colors = colorsFor(flags, io, io.isOutTerminal)
  const done = isApplied ? 'repaired' : verdict === 'repairable' ? 'dry run, nothing was changed' : verdict
  const rows = [
    `${colors.bold(neutralize(target))}   ${verdict === 'damaged' ? colors.red(done) : done}`,
    `  ${neutralize(message)}`,
  ]
  if (bytesCopied > 0) rows.push(`  copy   ${bytesCopied} bytes from byte ${offset} on, in ${neutralize(aside)}`)
  return `${rows.join('\n')}\n`
}

function nextStep({ target, verdict, isApplied }: RepairDocument, { data }: RepairFlags): string {
  const word = neutralize(shellWord(target) + (data === undefined ? '' : ` --data ${shellWord(data)}`))
  if (verdict === 'damaged') return `ledgerd: nothing was touched; see which lines: ledgerd verify ${word}\n`
  if (isApplied) return `ledgerd: see that it is whole: ledgerd verify ${word}\n`
  if (verdict === 'nothing') return `ledgerd: nothing to repair; what lines are worth says: ledgerd verify ${word}\n`
  return `ledgerd: to do it: ledgerd repair --apply ${word}\n`
}
