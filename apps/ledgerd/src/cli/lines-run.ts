// What `cat` and `tail` do: opens each target, by file or by daemon, and prints its lines. Several followed at once are
// mixed as they come, each ledger in its own order.
import { LedgerError } from '@ledgerd/schema/errors'
import { exitCodes } from './exit-code.ts'
import { daemonLines, openDaemonLedger } from './daemon-ledger.ts'
import { statOfLedger } from './daemon-stat.ts'
import { fileLines } from './file-lines.ts'
import { parseCondition } from './condition.ts'
import { exitCodeOfSignal, type Io } from './io.ts'
import type { LineFlags } from './line-flags.ts'
import { ledgerPrefix, lineFormat, needsSchema } from './line-format.ts'
import { type LineFilter, type LineItem, needsEvents } from './line-item.ts'
import { neutralize } from './neutralize.ts'
import { noticesOn } from './notice.ts'
import { colorsFor } from './output-flags.ts'
import { parsePosition, type Position } from './position.ts'
import { printLines } from './print-lines.ts'
import { reportError } from './report-error.ts'
import { schemaOfFile } from './schema-choice.ts'
import { stdinLines } from './stdin-lines.ts'
import { parseSubject } from './subject.ts'
import { parseTarget, type Target } from './target.ts'
import { targetsOf } from './verify-targets.ts'
import { CliError, ClosedPipe } from './cli-error.ts'

export interface LinesRunFlags extends LineFlags {
  readonly isFollowing: boolean
}

/** Prints the lines of all targets; `onPrinted` hears how many there were of each that ended. */
export async function runLines(
  names: readonly string[],
  flags: LinesRunFlags,
  io: Io,
  onPrinted: (count: number) => void = () => undefined,
): Promise<number> {
  const targets = names.map((name) => parseTarget(name, flags))
  const from = parsePosition(flags.from ?? 'start', io.nowMs())
  const to = flags.to === undefined ? undefined : parsePosition(flags.to, io.nowMs())
  const isSeveral = targets.length > 1 || targets.some((target) => target.kind === 'pattern')
  const prefix = isSeveral ? ledgerPrefix(colorsFor(flags, io, io.isOutTerminal)) : undefined
  const format = lineFormat(flags, io, prefix)
  const filter = lineFilter(flags, io)
  const stop = new AbortController()
  const inner: Io = { ...io, interrupted: AbortSignal.any([io.interrupted, stop.signal]) }
  const print = async (target: Target): Promise<number> => {
    try {
      onPrinted(
        await printLines(
          linesOf(target, { from, to, isSchemaWanted: needsSchema(flags) || needsEvents(filter) }, flags, inner),
          { filter, format, isPrompt: flags.isFollowing },
          io,
        ),
      )
      if (!flags.isFollowing || inner.interrupted.aborted) return exitCodes.yes
      throw new CliError(exitCodes.undecided, `the stream of ${target.name} ended`, `ledgerd tail ${target.name}`)
    } catch (error) {
      // Nobody reads what the other targets would print.
      if (error instanceof ClosedPipe) stop.abort()
      if (io.interrupted.aborted) return exitCodes.yes
      return reportError(error, io)
    }
  }
  const printAll = async (target: Target): Promise<number> => {
    try {
      const found = await matching(target, flags, io)
      const codes = flags.isFollowing ? await Promise.all(found.map(print)) : await inTurn(found, print)
      return Math.max(0, ...codes)
    } catch (error) {
      return io.interrupted.aborted ? exitCodes.yes : reportError(error, io)
    }
  }
  const codes = flags.isFollowing ? await Promise.all(targets.map(printAll)) : await inTurn(targets, printAll)
  return io.interrupted.aborted ? exitCodeOfSignal(io.interrupted) : Math.max(0, ...codes)
}

/** Who waits for a mistyped ledger should see it. What else is wrong the stream itself says. */
async function sayIfMissing(ledger: string, flags: LinesRunFlags, io: Io): Promise<void> {
  const sayNotice = noticesOn(io, flags)
  try {
    await statOfLedger(ledger, flags, io)
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    // Who let this call wait in vain is not asked a second time.
    if (error.code === 'DEADLINE') throw error
    if (error.code === 'LEDGER_NOT_FOUND') sayNotice(`there is no ledger ${ledger} yet; waiting for its first line`)
  }
}

/** A pattern stands for files where a folder is given, and else for what the daemon has: later also what comes, if followed. */
async function matching(target: Target, flags: LinesRunFlags, io: Io): Promise<readonly Target[]> {
  const isOfDaemon = flags.data === undefined
  if (target.kind === 'ledger' && flags.isFollowing) await sayIfMissing(target.ledger, flags, io)
  if (target.kind !== 'pattern' || (isOfDaemon && flags.isFollowing)) return [target]
  const found = await targetsOf(target.name, flags, io)
  return isOfDaemon ? [target] : found
}

async function inTurn(targets: readonly Target[], print: (target: Target) => Promise<number>): Promise<number[]> {
  const codes: number[] = []
  for (const target of targets) codes.push(await print(target))
  return codes
}

/** The filter that the flags ask for. Throws CliError. */
function lineFilter(flags: LinesRunFlags, io: Io): LineFilter {
  let isSaid = flags.quiet === true
  const onNameOnly = (): void => {
    if (!isSaid)
      io.say(`ledgerd: ${neutralize(flags.subject ?? '')} was matched by name: names may be shared, and change\n`)
    isSaid = true
  }
  return {
    types: flags.type,
    link: flags.link,
    where: (flags.where ?? []).map(parseCondition),
    subject: flags.subject === undefined ? undefined : parseSubject(flags.subject, onNameOnly),
  }
}

interface Wanted {
  readonly from: Position
  readonly to: Position | undefined
  readonly isSchemaWanted: boolean
}

async function* linesOf(target: Target, wanted: Wanted, flags: LinesRunFlags, io: Io): AsyncGenerator<LineItem> {
  const { isFollowing } = flags
  const { from, to, isSchemaWanted } = wanted
  const onNotice = noticesOn(io, flags)
  if (target.kind === 'stdin') return yield* stdinLines(io.stdin, from, to, flags)
  if (target.kind === 'file')
    return yield* fileLines({
      path: target.path,
      ledger: target.ledger,
      from,
      to,
      isFollowing,
      schema: await schemaOfFile(target.path, flags),
      signal: io.interrupted,
      onNotice,
    })
  const bounds = await daemonBounds(target, from, to, flags, io)
  const types = flags.type
  const base = { ledgers: [target.ledger], from: bounds.from, isFollowing, types, link: flags.link, flags, onNotice }
  const options = { ...base, isSchemaWanted }
  for await (const item of daemonLines(options, io)) {
    if (item.seq >= bounds.to) return
    yield item
    if (item.seq === bounds.to - 1) return
  }
}

/** What the daemon can resolve by itself it does; the rest is asked for first. */
async function daemonBounds(
  target: Target,
  from: Position,
  to: Position | undefined,
  flags: LinesRunFlags,
  io: Io,
): Promise<{ from: 'start' | 'end' | number | { readonly time: Date }; to: number }> {
  const needsLedger = from.kind === 'event' || to !== undefined
  if (needsLedger && target.kind === 'pattern')
    throw new CliError(
      exitCodes.usage,
      'an event id or --to is a place in one ledger',
      'name one ledger instead of a pattern',
    )
  await using ledger = needsLedger ? await openDaemonLedger(target.ledger, flags, io) : undefined
  const end = to === undefined || ledger === undefined ? Number.POSITIVE_INFINITY : await ledger.resolve(to)
  switch (from.kind) {
    case 'seq':
      return { from: from.seq, to: end }
    case 'last':
      return { from: -from.lines, to: end }
    case 'time':
      return { from: { time: new Date(from.timeMs) }, to: end }
    case 'event':
      return { from: (await ledger?.resolve(from)) ?? 0, to: end }
    default:
      return { from: from.kind, to: end }
  }
}
