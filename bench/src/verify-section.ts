// How long `ledgerd verify` takes for a file, with `sha256sum` of the same file beside it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ledgerdProgram } from './daemon.ts'
import { findProgram } from './find-program.ts'
import { worldOf, writeLedgerFile } from './line-maker.ts'
import { readRecordedLines } from './recorded-events.ts'
import type { RunContext } from './run-context.ts'
import { median } from './statistics.ts'
import { formatBytes, formatCount, formatMs, formatRatio, formatTable } from './table.ts'

export interface VerifyReport {
  readonly lines: number
  readonly bytes: number
  /** Wall time of each run, whole processes, start included. */
  readonly verifyMs: readonly number[]
  readonly schemaMs: readonly number[]
  /** Empty where there is no sha256sum. */
  readonly sha256sumMs: readonly number[]
  /** Until the first progress of a run; NaN when it was over before it had any to report. */
  readonly firstProgressMs: number
  readonly exitCode: number
}

const lineCount = { full: 1_000_000, quick: 100_000 }
const rounds = { full: 3, quick: 2 }

interface RunResult {
  readonly elapsedMs: number
  readonly firstProgressMs: number
  readonly exitCode: number
}

export async function measureVerify(context: RunContext): Promise<VerifyReport> {
  const size = context.options.isQuick ? 'quick' : 'full'
  const path = join(context.scratch.makeFolder('verify'), 'bench.jsonl')
  context.say(`verify: writing ${lineCount[size]} lines`)
  const patterns = worldOf(readRecordedLines(context.recordedFolder), 'bench')
  const bytes = await writeLedgerFile(path, patterns, lineCount[size])
  const sha256sum = findProgram('sha256sum')
  const verify = [process.execPath, ledgerdProgram, 'verify', path, '--json']
  const runs: RunResult[] = []
  const schemaMs: number[] = []
  const sha256sumMs: number[] = []
  for (let round = 0; round < rounds[size]; round++) {
    context.say(`verify, round ${round + 1} of ${rounds[size]}`)
    runs.push(await timeProcess(verify))
    schemaMs.push((await timeProcess([...verify, '--level', 'schema'])).elapsedMs)
    if (sha256sum !== undefined) sha256sumMs.push((await timeProcess([sha256sum, path])).elapsedMs)
  }
  return {
    lines: lineCount[size],
    bytes,
    verifyMs: runs.map((run) => run.elapsedMs),
    schemaMs,
    sha256sumMs,
    firstProgressMs: median(runs.map((run) => run.firstProgressMs).filter((ms) => !Number.isNaN(ms))),
    exitCode: Math.max(...runs.map((run) => run.exitCode)),
  }
}

export function formatVerify(report: VerifyReport): string {
  const rowOf = (title: string, samples: readonly number[]): string[] => {
    const ms = median(samples)
    return [title, formatMs(ms), formatCount((report.lines * 1000) / ms), formatRatio(ms / median(report.sha256sumMs))]
  }
  const rows = [
    rowOf('ledgerd verify: every line and the tree', report.verifyMs),
    rowOf('ledgerd verify --level schema: payloads and invariants too', report.schemaMs),
    rowOf('sha256sum of the file', report.sha256sumMs),
  ]
  const intro = `Verifying ${formatCount(report.lines)} lines, ${formatBytes(report.bytes)}; first progress after ${formatMs(report.firstProgressMs)}, exit code ${report.exitCode}.`
  return `${intro}\n\n${formatTable(['whole process', 'time', 'lines/s', 'x sha256sum'], rows)}`
}

async function timeProcess(command: readonly string[]): Promise<RunResult> {
  const [program = '', ...args] = command
  const began = performance.now()
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let firstProgressMs = Number.NaN
  child.stderr.once('data', () => {
    firstProgressMs = performance.now() - began
  })
  child.stderr.resume()
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { elapsedMs: performance.now() - began, firstProgressMs, exitCode: exitCode ?? 128 }
}
