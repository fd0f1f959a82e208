// `ledgerd verify`: prints the report of each target in their order, and draws the exit code from what was asked for.
import { isLedgerId } from '@ledgerd/protocol'
import { includesLevel, levels, type VerifyReport } from '@ledgerd/verify'
import { CliError } from './cli-error.ts'
import type { DaemonFlags } from './daemon-address.ts'
import { exitCodes } from './exit-code.ts'
import { formatCount } from './figures.ts'
import { exitCodeOfSignal, type Io } from './io.ts'
import { neutralize } from './neutralize.ts'
import { colorsFor, outputForm, type OutputFlags } from './output-flags.ts'
import { reportError } from './report-error.ts'
import type { Target } from './target.ts'
import { checkAll } from './verify-all.ts'
import type { CheckFlags } from './verify-check.ts'
import { parseJobs } from './verify-jobs.ts'
import { type Failure, type Outcome, parseFailure } from './verify-outcome.ts'
import { targetsOf } from './verify-targets.ts'
import { formatReport, formatReportPlain } from './verify-text.ts'

export interface VerifyFlags extends OutputFlags, CheckFlags, DaemonFlags {
  readonly explain?: boolean
  readonly jobs?: string
  readonly fromCheckpoint?: string
  readonly policy?: string
}

/** Verifies all targets; the worst result is the exit code. */
export async function runVerify(names: readonly string[], flags: VerifyFlags, io: Io): Promise<number> {
  assertTogether(flags)
  const jobs = parseJobs(flags.jobs)
  const codes: number[] = []
  const targets: Target[] = []
  for (const name of names) {
    try {
      targets.push(...(await targetsOf(name, flags, io)))
    } catch (error) {
      if (isUsage(error)) throw error
      codes.push(reportError(error, io))
    }
  }
  let unseen = 0
  for await (const { target, outcome } of checkAll({ targets, flags, jobs }, io)) {
    if (outcome === undefined) unseen++
    else codes.push(await print(target, outcome, flags, io))
  }
  if (unseen > 0) codes.push(exitCodeOfSignal(io.interrupted))
  if (unseen > 0 && flags.quiet !== true)
    io.say(`ledgerd: stopped; ${formatCount(unseen)} of ${formatCount(targets.length)} were not looked at\n`)
  return worst(codes)
}

/** Throws CliError for flags that contradict each other or are not available. */
function assertTogether(flags: VerifyFlags): void {
  if (flags.fromCheckpoint !== undefined || flags.policy !== undefined)
    throw new CliError(
      exitCodes.usage,
      'checkpoints and policies are not available yet: this version signs nothing',
      'ledgerd verify TARGET --level schema',
    )
  outputForm(flags)
  if (flags.artifacts !== undefined && flags.level === 'tail')
    throw new CliError(exitCodes.usage, '--artifacts looks at every line, --level tail at the last', 'leave one out')
  if (flags.from !== undefined && (flags.artifacts !== undefined || flags.level === 'tail'))
    throw new CliError(
      exitCodes.usage,
      '--from looks at lines, each by itself',
      'leave --artifacts and --level tail out',
    )
}

/** A command line that is wrong is refused as a whole; what is not there or cannot be read is one target of several. */
function isUsage(error: unknown): boolean {
  return error instanceof CliError && error.exitCode === exitCodes.usage
}

async function print(target: Target, outcome: Outcome, flags: VerifyFlags, io: Io): Promise<number> {
  if ('failure' in outcome) return printFailure(target, outcome.failure, flags, io)
  const { report } = outcome
  const exitCode =
    io.interrupted.aborted && report.coverage === 'partial'
      ? exitCodeOfSignal(io.interrupted)
      : exitCodeOf(report, flags)
  await io.write(formatFor(report, flags, io, exitCode))
  if (flags.quiet !== true) io.say(nextStep(report, flags, exitCode))
  return exitCode
}

/** Of a defect the stack is said with -v: it is what a report of the bug needs. */
function printFailure({ name }: Target, failure: Failure, flags: VerifyFlags, io: Io): number {
  const exitCode = reportError(parseFailure(failure, name), io)
  if (failure.kind === 'defect' && flags.verbose === true) io.say(`${neutralize(failure.stack ?? '')}\n`)
  return exitCode
}

function formatFor(report: VerifyReport, flags: VerifyFlags, io: Io, exitCode: number): string {
  switch (outputForm(flags)) {
    case 'json':
      return `${JSON.stringify(report)}\n`
    case 'plain':
      return formatReportPlain(report)
    default: {
      const colors = colorsFor(flags, io, io.isOutTerminal)
      const isVerbose = flags.verbose === true
      return formatReport(report, { colors, isExplained: flags.explain === true, isVerbose, exitCode })
    }
  }
}

/** 1 if a level asked for failed, 3 if one could not be checked. Without --level nobody asked for what a bare file lacks. */
export function exitCodeOf(report: VerifyReport, flags: Pick<VerifyFlags, 'level' | 'strict'>): number {
  const asked = levels.filter((level) => includesLevel(report.level, level))
  // A level that was not asked for has not failed either; artifacts are asked for by naming their store.
  if (levels.some((level) => report.levels[level].state === 'failed')) return exitCodes.no
  if (report.fromLine !== undefined) return exitCodes.inconclusive
  const mustBeChecked = flags.strict === true ? levels : flags.level === undefined ? [] : asked
  const isIncomplete = mustBeChecked.some((level) => report.levels[level].state === 'not-checked')
  return isIncomplete ? exitCodes.inconclusive : exitCodes.yes
}

/** What is definite comes first: a no, then what was not decided. */
function worst(codes: readonly number[]): number {
  const order = [exitCodes.interrupted, exitCodes.terminated, exitCodes.no, exitCodes.undecided]
  return order.find((code) => codes.includes(code)) ?? Math.max(0, ...codes)
}

function nextStep(report: VerifyReport, flags: VerifyFlags, exitCode: number): string {
  const name = neutralize(report.target)
  const [first] = report.findings
  if (first?.code === 'world-mismatch' && first.line === 1 && flags.as === undefined) {
    const world = first.found !== undefined && isLedgerId(first.found) ? first.found : 'LEDGER'
    return `ledgerd: ${name} is of another world than its name; if it is a copy: ledgerd verify ${name} --as ${world}\n`
  }
  if (exitCode === exitCodes.no && flags.explain !== true)
    return `ledgerd: ${name} is not as it should be; see what each level proves: ledgerd verify ${name} --explain\n`
  if (exitCode === exitCodes.inconclusive && report.fromLine !== undefined)
    return `ledgerd: a part of a file is never a plain yes; for all of it: ledgerd verify ${name}\n`
  if (exitCode === exitCodes.inconclusive)
    return `ledgerd: not everything asked for could be checked; for what can be: ledgerd verify ${name}\n`
  return ''
}
