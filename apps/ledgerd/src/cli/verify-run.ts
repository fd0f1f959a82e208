// `ledgerd verify`: opens each target, checks it, prints the report, and draws the exit code from what was asked for.
import type { ContentStore, LedgerSchema } from '@ledgerd/schema'
import {
  includesLevel,
  type Level,
  levels,
  verifyLedger,
  type VerifyOptions,
  type VerifyReport,
  verifyTail,
} from '@ledgerd/verify'
import type { FileHandle } from 'node:fs/promises'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { fileChunks, openFile, readRange, startOfLast } from './file-bytes.ts'
import { exitCodeOfSignal, type Io } from './io.ts'
import { neutralize } from './neutralize.ts'
import { colorsFor, outputForm, type OutputFlags } from './output-flags.ts'
import { Progress } from './progress.ts'
import { reportError } from './report-error.ts'
import { assertAtHand, DaemonSchemas, schemaOfBeginning, schemaOfFile, type SchemaFlags } from './schema-choice.ts'
import { type FoundSidecar, readSidecar } from './sidecar-files.ts'
import { parseTarget, type Target } from './target.ts'
import { underSettings, withPublicKey } from './verify-keys.ts'
import { openStore } from './verify-store.ts'
import { formatReport, formatReportPlain } from './verify-text.ts'

export interface VerifyFlags extends OutputFlags, SchemaFlags {
  readonly level?: Level
  readonly from?: string
  readonly strict?: boolean
  readonly explain?: boolean
  readonly data?: string
  readonly as?: string
  readonly url?: string
  readonly artifacts?: string
  readonly publicKey?: string
  readonly fromCheckpoint?: string
  readonly policy?: string
  /** Opened once for all targets; made of `artifacts`. */
  readonly store?: ContentStore
}

/** Blank lines at the end that the tail level reads over. */
const blankTailLinesMax = 1024

/** Verifies all targets; the worst result is the exit code. */
export async function runVerify(names: readonly string[], flags: VerifyFlags, io: Io): Promise<number> {
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
  const store = flags.artifacts === undefined ? undefined : await openStore(flags.artifacts)
  const targets = names.map((name) => parseTarget(name, flags))
  const codes: number[] = []
  for (const target of targets) {
    if (io.interrupted.aborted) codes.push(exitCodeOfSignal(io.interrupted))
    else codes.push(await verifyTarget(target, store === undefined ? flags : { ...flags, store }, io))
  }
  return worst(codes)
}

async function verifyTarget(target: Target, flags: VerifyFlags, io: Io): Promise<number> {
  let report: VerifyReport
  try {
    report = await makeReport(target, flags, io)
  } catch (error) {
    return reportError(error, io)
  }
  const exitCode =
    io.interrupted.aborted && report.coverage === 'partial'
      ? exitCodeOfSignal(io.interrupted)
      : exitCodeOf(report, flags)
  await io.write(formatFor(report, flags, io, exitCode))
  if (flags.quiet !== true) io.say(nextStep(report, flags, exitCode))
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

async function makeReport(target: Target, flags: VerifyFlags, io: Io): Promise<VerifyReport> {
  if (flags.from !== undefined) return await (await import('./verify-part.ts')).checkFrom(target, flags, io)
  switch (target.kind) {
    case 'stdin':
      return await checkStdin(target, flags, io)
    case 'file':
      return await checkFile(target, flags, io)
    case 'ledger': {
      const { openDaemonLedger } = await import('./daemon-ledger.ts')
      await using ledger = await openDaemonLedger(target.ledger, flags, io)
      const { chunks, checkpoint } = await ledger.everything()
      const schema = assertAtHand(await new DaemonSchemas(flags, io).of(target.ledger), target.name)
      return await check(target, flags, io, { schema, chunks, checkpoints: [checkpoint] }, checkpoint.bytes)
    }
    default:
      throw new CliError(exitCodes.usage, `verify takes no patterns: ${target.name}`, 'name the ledgers one by one')
  }
}

/** The first chunk says what the lines are, unless a flag does. */
async function checkStdin(target: Target, flags: VerifyFlags, io: Io): Promise<VerifyReport> {
  const chunks = io.stdin[Symbol.asyncIterator]()
  const first = await chunks.next()
  const beginning = first.done === true ? new Uint8Array(0) : first.value
  const schema = await schemaOfBeginning(beginning, flags)
  const all = async function* (): AsyncGenerator<Uint8Array> {
    if (first.done !== true) yield first.value
    yield* { [Symbol.asyncIterator]: () => chunks }
  }
  return await check(target, flags, io, { schema, chunks: all() }, undefined)
}

async function checkFile(target: Extract<Target, { kind: 'file' }>, flags: VerifyFlags, io: Io): Promise<VerifyReport> {
  // The head record is read before the size: whatever it names is in the file by then.
  const found = await readSidecar(target.path)
  const schema = await underSettings(assertAtHand(await schemaOfFile(target.path, flags), target.name), found)
  const file = await openFile(target.path)
  try {
    const ledger = flags.as ?? found?.ledger ?? target.ledger
    const { size } = await file.stat()
    if (flags.level === 'tail') return await checkTail({ ...target, ledger }, flags, { file, size, schema, found })
    const parts = {
      schema,
      chunks: fileChunks(target.path, file, 0, size),
      endOffset: size,
      hasGrown: async () => (await file.stat()).size > size,
      ...(found === undefined ? {} : sidecarParts(found)),
    }
    return await check({ ...target, ledger }, flags, io, parts, size)
  } finally {
    await file.close()
    await found?.close()
  }
}

function sidecarParts({ sidecar, adoption }: FoundSidecar): Partial<VerifyOptions> {
  return { sidecar, ...(adoption === undefined ? {} : { adoption }) }
}

interface TailParts {
  readonly file: FileHandle
  readonly size: number
  readonly schema: LedgerSchema
  readonly found: FoundSidecar | undefined
}

async function checkTail(
  target: Target,
  flags: VerifyFlags,
  { file, size, schema, found }: TailParts,
): Promise<VerifyReport> {
  const { adoption, sidecar } = found ?? {}
  const options = {
    target: target.name,
    ledger: target.ledger,
    schema: await withPublicKey(schema, flags.publicKey),
    isStrict: flags.strict === true,
    ...(adoption === undefined ? {} : { adoption }),
  }
  const report = verifyTail({ ...options, ...(await readTail(file, Math.min(size, sidecar?.head?.bytes ?? size))) })
  const fragment = report.findings.find((finding) => finding.code === 'torn-tail')
  const isBeingWritten = fragment !== undefined && (await file.stat()).size > size
  return isBeingWritten ? verifyTail({ ...options, ...(await readTail(file, fragment.offset)) }) : report
}

/** The last line below `end` that is not blank, with what blank lines follow it. */
async function readTail(file: FileHandle, end: number): Promise<{ bytes: Uint8Array; offset: number }> {
  for (let lines = 1; ; lines *= 2) {
    const offset = await startOfLast(file, end, lines)
    const bytes = await readRange(file, offset, end - offset)
    if (offset === 0 || lines >= blankTailLinesMax || bytes.some((byte) => byte > 0x20)) return { bytes, offset }
  }
}

async function check(
  target: Target,
  flags: VerifyFlags,
  io: Io,
  parts: Partial<VerifyOptions> & Pick<VerifyOptions, 'chunks' | 'schema'>,
  totalBytes: number | undefined,
): Promise<VerifyReport> {
  const { name, ledger } = target
  const schema = await withPublicKey(parts.schema, flags.publicKey)
  const isQuiet = flags.quiet === true
  const progress = new Progress({ io, isQuiet, isJson: flags.json === true, target: neutralize(name), totalBytes })
  try {
    return await verifyLedger({
      target: name,
      ledger,
      isStrict: flags.strict === true,
      ...(flags.level === undefined ? {} : { level: flags.level }),
      ...(flags.store === undefined ? {} : { artifacts: flags.store }),
      onProgress: (done) => progress.update(done),
      signal: io.interrupted,
      ...parts,
      schema,
    })
  } finally {
    progress.end()
  }
}

function nextStep(report: VerifyReport, flags: VerifyFlags, exitCode: number): string {
  const name = neutralize(report.target)
  if (exitCode === exitCodes.no && flags.explain !== true)
    return `ledgerd: ${name} is not as it should be; see what each level proves: ledgerd verify ${name} --explain\n`
  if (exitCode === exitCodes.inconclusive && report.fromLine !== undefined)
    return `ledgerd: a part of a file is never a plain yes; for all of it: ledgerd verify ${name}\n`
  if (exitCode === exitCodes.inconclusive)
    return `ledgerd: not everything asked for could be checked; for what can be: ledgerd verify ${name}\n`
  return ''
}
