// `ledgerd repair`: looks, says what it would do, and with --apply does it under the lock.
import path from 'node:path'
import { isSystemError, StopSignal } from '../storage/stop-signal.ts'
import { systemErrorText } from '../storage/system-error-text.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import { neutralize } from './neutralize.ts'
import { colorsFor, type OutputFlags } from './output-flags.ts'
import { applyRepair } from './repair-apply.ts'
import { lookAt, type RepairPlace } from './repair-look.ts'
import { assertOnRecord, assertOwn, placeOf, type RepairTargetFlags, wordsOf } from './repair-place.ts'
import type { RepairPlan } from './repair-plan.ts'
import { assertAtHand, schemaOfFile } from './schema-choice.ts'
import { parseTarget } from './target.ts'

export interface RepairFlags extends OutputFlags, RepairTargetFlags {
  readonly apply?: boolean
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
  assertOnRecord(place, schema, name)
  const isWished = flags.apply === true
  if (isWished) assertOwn(place, name, flags)
  const { plan, isEarlierFinished } = isWished
    ? await applyRepair(place, schema, io.nowMs).catch((error: unknown) => {
        throw notFinished(error, name, flags)
      })
    : { plan: lookAt(place, schema), isEarlierFinished: false }
  const document = documentOf(name, place, plan, isWished && plan.verdict === 'repairable', isEarlierFinished)
  if (flags.json === true) await io.write(`${JSON.stringify(document)}\n`)
  else await io.write(textOf(document, flags, io))
  if (flags.quiet !== true) io.say(nextStep(document, flags))
  return plan.verdict === 'damaged' ? exitCodes.no : exitCodes.yes
}

/** The failure of a repair under way, with what becomes of it; others as they are. */
function notFinished(error: unknown, name: string, flags: RepairFlags): unknown {
  const isStop = error instanceof StopSignal
  if (!isStop && !isSystemError(error)) return error
  return new CliError(
    exitCodes.undecided,
    `${isStop ? error.message : systemErrorText(error)}: the repair is not finished; nothing is lost, and the next goes on with it`,
    `mend that, then again: ledgerd repair --apply ${wordsOf(name, flags)}`,
    error,
  )
}

function documentOf(
  target: string,
  place: RepairPlace,
  plan: RepairPlan,
  isPlanApplied: boolean,
  isEarlierFinished: boolean,
): RepairDocument {
  const cut = plan.verdict === 'repairable' ? plan.cut : undefined
  return {
    kind: 'repair',
    v: 1,
    target,
    verdict: plan.verdict,
    isApplied: isPlanApplied || isEarlierFinished,
    message: `${isEarlierFinished ? 'an interrupted repair was finished; ' : ''}${plan.message}`,
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
    `${colors.bold(neutralize(target))}   ${verdict === 'damaged' ? colors.red(verdict) : done}`,
    `  ${neutralize(message)}`,
  ]
  if (bytesCopied > 0) rows.push(`  copy   ${bytesCopied} bytes from byte ${offset} on, in ${neutralize(aside)}`)
  return `${rows.join('\n')}\n`
}

function nextStep({ target, verdict, isApplied }: RepairDocument, flags: RepairFlags): string {
  const word = neutralize(wordsOf(target, flags))
  if (verdict === 'damaged')
    return `ledgerd: ${isApplied ? '' : 'nothing was touched; '}see which lines: ledgerd verify ${word}\n`
  if (isApplied) return `ledgerd: see that it is whole: ledgerd verify ${word}\n`
  if (verdict === 'nothing') return `ledgerd: nothing to repair; what lines are worth says: ledgerd verify ${word}\n`
  return `ledgerd: to do it: ledgerd repair --apply ${word}\n`
}
