// Checks everything that `ledgerd verify` is pointed at and hands the outcomes out in the order of the targets, however many
// are checked at a time. Files are shared among threads; what is no file is checked here when its turn comes.
import fs from 'node:fs'
import os from 'node:os'
import type { VerifyReport } from '@ledgerd/verify'
import { CliError } from './cli-error.ts'
import type { DaemonFlags } from './daemon-address.ts'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import { neutralize } from './neutralize.ts'
import { type Done, Progress } from './progress.ts'
import type { OutputFlags } from './output-flags.ts'
import type { Target } from './target.ts'
import type { CheckContext, CheckFlags } from './verify-check.ts'
import { checkFile } from './verify-file.ts'
import { jobsFor } from './verify-jobs.ts'
import { type Outcome, outcomeOf } from './verify-outcome.ts'
import { VerifyPool } from './verify-pool.ts'
import { SumProgress } from './verify-progress.ts'
import { openStore } from './verify-store.ts'
import { startThread } from './verify-thread.ts'

export interface CheckAllOptions {
  readonly targets: readonly Target[]
  readonly flags: CheckFlags & OutputFlags & DaemonFlags
  /** Files at a time, if that was said. */
  readonly jobs: number | undefined
}

export interface Checked {
  readonly target: Target
  /** Undefined when the run was interrupted before this target was begun. */
  readonly outcome: Outcome | undefined
}

/** Yields each target once, in order. Throws CliError for a content store that is not there. */
export async function* checkAll({ targets, flags, jobs }: CheckAllOptions, io: Io): AsyncGenerator<Checked> {
  const store = flags.artifacts === undefined ? undefined : await openStore(flags.artifacts)
  const files = targets.filter((target) => target.kind === 'file')
  const bytes = files.reduce((sum, { path }) => sum + sizeOf(path), 0)
  const isPart = flags.level === 'tail' || flags.from !== undefined
  const threads = jobsFor(jobs, { count: files.length, bytes: isPart ? 0 : bytes }, os.availableParallelism())
  const progress = new Progress({
    io,
    isQuiet: flags.quiet === true,
    isJson: flags.json === true,
    target: targets.length === 1 ? neutralize(targets[0]?.name ?? '') : `${targets.length} targets`,
    totalBytes: targets.length === 1 || files.length < targets.length || isPart ? undefined : bytes,
  })
  const sum = new SumProgress(progress, targets.length)
  const places = targets.flatMap(({ kind }, at) => (kind === 'file' ? [at] : []))
  const nowMs = io.nowMs()
  await using pool =
    threads === 1
      ? undefined
      : new VerifyPool({
          files,
          jobs: threads,
          settings: { flags, nowMs },
          startThread,
          signal: io.interrupted,
          onProgress: (file, done) => sum.update(places[file] as number, done),
        })
  let file = 0
  for (const [at, target] of targets.entries()) {
    const onProgress = (done: Done): void => sum.update(at, done)
    const context = { nowMs, signal: io.interrupted, store, onProgress }
    const outcome =
      pool !== undefined && target.kind === 'file'
        ? await pool.take(file++)
        : io.interrupted.aborted
          ? undefined
          : await outcomeOf(() => checkHere(target, flags, context, io))
    sum.hold()
    yield { target, outcome }
    sum.goOn()
  }
}

function sizeOf(path: string): number {
  try {
    return fs.statSync(path).size
  } catch {
    return 0 // What cannot be looked at is said when it is opened.
  }
}

async function checkHere(
  target: Target,
  flags: CheckAllOptions['flags'],
  context: CheckContext,
  io: Io,
): Promise<VerifyReport> {
  if (target.kind === 'file') return await checkFile(target, flags, context)
  if (target.kind === 'stdin' && flags.from !== undefined)
    throw new CliError(exitCodes.usage, '--from needs ledgers or files, not -', 'ledgerd verify FILE --from -1000')
  if (target.kind === 'stdin') return await (await import('./verify-stream.ts')).checkStdin(target, flags, context, io)
  if (flags.from === undefined)
    return await (await import('./verify-stream.ts')).checkLedger(target, flags, context, io)
  return await (await import('./verify-part.ts')).checkLedgerFrom(target, flags, context, io)
}
