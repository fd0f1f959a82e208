// How long a daemon needs from its spawn until it serves a large ledger: one it has never seen, and one it knows.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { appendOne, benchLedger } from './contenders/ledgerd.ts'
import { ledgerdProgram, startDaemon } from './daemon.ts'
import { worldOf, writeLedgerFile } from './line-maker.ts'
import { eventSource, type RecordedEvent, readRecordedLines } from './recorded-events.ts'
import type { RunContext } from './run-context.ts'
import { median } from './statistics.ts'
import { formatBytes, formatMs, formatTable } from './table.ts'

export interface StartReport {
  readonly bytes: number
  /** The file as another program left it: no sidecar. */
  readonly adoption: StartTimes
  /** The same folder again, after a proper stop. */
  readonly restart: StartTimes
  readonly helpMs: readonly number[]
  /** The floor of the row above: starting Node for nothing. */
  readonly nodeMs: readonly number[]
}

/** All from the spawn of the daemon. */
export interface StartTimes {
  readonly readyMs: number
  readonly firstReceiptMs: number
  readonly residentBytes: number | undefined
}

const lineCount = { full: 1_450_000, quick: 150_000 }
const helpRounds = { full: 11, quick: 5 }

export async function measureStart(context: RunContext): Promise<StartReport> {
  const size = context.options.isQuick ? 'quick' : 'full'
  const dataFolder = context.scratch.makeFolder('start')
  mkdirSync(join(dataFolder, 'worlds'), { mode: 0o700 })
  context.say(`start: writing ${lineCount[size]} lines`)
  const recorded = readRecordedLines(context.recordedFolder)
  const nextEvent = eventSource(recorded, context.options.seed)
  const bytes = await writeLedgerFile(
    join(dataFolder, `${benchLedger}.jsonl`),
    worldOf(recorded, 'bench'),
    lineCount[size],
  )
  const adoption = await timeStart(context, dataFolder, nextEvent())
  const restart = await timeStart(context, dataFolder, nextEvent())
  return {
    bytes,
    adoption,
    restart,
    helpMs: timeCommand([ledgerdProgram, '--help'], helpRounds[size]),
    nodeMs: timeCommand(['--eval', '0'], helpRounds[size]),
  }
}

export function formatStart(report: StartReport): string {
  const rowOf = (title: string, times: StartTimes): string[] => [
    title,
    formatMs(times.readyMs),
    formatMs(times.firstReceiptMs),
    times.residentBytes === undefined ? '–' : formatBytes(times.residentBytes),
  ]
  const rows = [rowOf('first start, adopting the file', report.adoption), rowOf('started again', report.restart)]
  return [
    `Starting on one ledger of ${formatBytes(report.bytes)}, in the page cache; from the spawn of the daemon:`,
    formatTable(['', '/readyz 200', 'first durable receipt', 'memory then'], rows),
    `\`ledgerd --help\` ${formatMs(median(report.helpMs))}; Node alone ${formatMs(median(report.nodeMs))}.`,
  ].join('\n\n')
}

async function timeStart(context: RunContext, dataFolder: string, event: RecordedEvent): Promise<StartTimes> {
  context.say('start: spawning the daemon')
  const began = performance.now()
  const { server, url, readyMs } = await startDaemon({ dataFolder, secondSync: 'head' })
  await appendOne(url, event)
  const firstReceiptMs = performance.now() - began
  const residentBytes = server.residentBytes()
  await server.stop()
  return { readyMs, firstReceiptMs, residentBytes }
}

function timeCommand(args: readonly string[], rounds: number): number[] {
  return Array.from({ length: rounds }, () => {
    const began = performance.now()
    spawnSync(process.execPath, args, { stdio: 'ignore' })
    return performance.now() - began
  })
}
