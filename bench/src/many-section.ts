// Ten thousand ledgers in one data folder: what one costs that nobody asks for, and how soon a daemon that starts over them
// serves. `--only many`: making them takes minutes, so that a usual run leaves it out.
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import { type Daemon, startDaemon } from './daemon.ts'
import { startProbedDaemon, type ProbedDaemon } from './probed-daemon.ts'
import { eventSource, type RecordedEvent, readRecordedLines } from './recorded-events.ts'
import type { RunContext } from './run-context.ts'
import { median } from './statistics.ts'
import { formatBytes, formatMs, formatTable } from './table.ts'

export interface ManyReport {
  readonly ledgers: number
  /** A daemon that appended as often to few ledgers. */
  readonly few: Standing
  /** A daemon that appended to every one of them. Both had nothing to do for `quietMs` then. */
  readonly many: Standing
  readonly quietMs: number
  readonly afterStop: readonly FirstAnswers[]
  readonly afterKill: readonly FirstAnswers[]
  /** Ledgers whose files were held when the daemon was killed. */
  readonly heldAtKill: number
}

export interface Standing {
  readonly ledgers: number
  /** Live objects and buffers after a forced collection. */
  readonly heapBytes: number
  /** VmRSS before that collection. */
  readonly residentBytes: number
  readonly descriptors: number
}

/** From the spawn of the process. */
export interface FirstAnswers {
  readonly readMs: number
  readonly appendMs: number
}

const ledgerCount = { full: 10_000, quick: 1000 }
const fewLedgers = 16
/** Longer than a daemon holds files that nobody asks for: twice restAfterMs, and some. */
const quietMs = 130_000
const rounds = { full: 5, quick: 2 }
const heldAtKill = 200
const callers = 16

export async function measureMany(context: RunContext): Promise<ManyReport> {
  const size = context.options.isQuick ? 'quick' : 'full'
  const ledgers = ledgerCount[size]
  const nextEvent = eventSource(readRecordedLines(context.recordedFolder), context.options.seed)
  const manyFolder = context.scratch.makeFolder('m')
  const many = await startProbedDaemon(manyFolder, `${manyFolder}.heap`)
  context.say(`many: making ${ledgers} ledgers`)
  await appendTo(many, ledgers, ledgers, nextEvent)
  const fewFolder = context.scratch.makeFolder('f')
  const few = await startProbedDaemon(fewFolder, `${fewFolder}.heap`)
  await appendTo(few, fewLedgers, ledgers, nextEvent)
  context.say(`many: a quiet time of ${formatMs(quietMs)}`)
  await delay(quietMs)
  const standings = { few: await standingOf(few, fewLedgers), many: await standingOf(many, ledgers) }
  await Promise.all([few.server.stop(), many.server.stop()])
  context.say('many: starting again')
  const afterStop: FirstAnswers[] = []
  const afterKill: FirstAnswers[] = []
  for (let round = 0; round < rounds[size]; round++) {
    const at = { dataFolder: manyFolder, ledgers, nextEvent }
    afterStop.push(
      await timeStart(at, round, async (daemon) => {
        await appendTo(daemon, heldAtKill, heldAtKill, nextEvent)
        daemon.server.kill()
      }),
    )
    afterKill.push(await timeStart(at, round, (daemon) => daemon.server.stop()))
  }
  return { ledgers, ...standings, quietMs, afterStop, afterKill, heldAtKill }
}

export function formatMany(report: ManyReport): string {
  const { ledgers, few, many, afterStop, afterKill } = report
  const rowOf = (title: string, answers: readonly FirstAnswers[]): string[] => [
    title,
    formatMs(median(answers.map(({ readMs }) => readMs))),
    formatMs(median(answers.map(({ appendMs }) => appendMs))),
  ]
  const standing = (title: string, { heapBytes, residentBytes, descriptors }: Standing): string[] => [
    title,
    formatBytes(heapBytes),
    formatBytes(residentBytes),
    String(descriptors),
  ]
  return [
    `${ledgers} ledgers in one folder, each appended to, then ${formatMs(report.quietMs)} without a request, beside a daemon that appended as often to ${few.ledgers}. Heap: objects and buffers after a forced collection; memory: VmRSS before it:`,
    formatTable(['', 'heap', 'memory', 'descriptors'], [standing('few', few), standing('many', many)]),
    `${bytesEach(report).toFixed(0)} bytes of heap for each.`,
    `A start over them, from the spawn of the process to the first answer (medians of ${afterStop.length}); at the kill ${report.heldAtKill} were held:`,
    formatTable(
      ['', 'first read', 'first durable receipt'],
      [rowOf('after a clean stop', afterStop), rowOf('after kill -9', afterKill)],
    ),
  ].join('\n\n')
}

/** What one ledger costs that nobody asks for. */
export function bytesEach({ few, many }: ManyReport): number {
  return (many.heapBytes - few.heapBytes) / (many.ledgers - few.ledgers)
}

/** The worst median of the four. */
export function slowestStartMs({ afterStop, afterKill }: ManyReport): number {
  return Math.max(
    ...[afterStop, afterKill].flatMap((answers) => [
      median(answers.map(({ readMs }) => readMs)),
      median(answers.map(({ appendMs }) => appendMs)),
    ]),
  )
}

/** As many appends as `times`, one ledger after the other. */
async function appendTo(daemon: Daemon, ledgers: number, times: number, nextEvent: () => RecordedEvent): Promise<void> {
  let next = 0
  const open = (ledger: string) => connect({ url: daemon.url, ledger, schema: worldEvents, deadlineMs: 120_000 })
  // Handles share a connection as long as one of them is open.
  const first = open(nameOf(0))
  const call = async (): Promise<void> => {
    while (next < times) {
      const handle = open(nameOf(next++ % ledgers))
      const { type, data, link, meta } = nextEvent()
      await handle.append(type, data, { link, meta })
      await handle.close()
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  await first.close()
}

async function standingOf(daemon: ProbedDaemon, ledgers: number): Promise<Standing> {
  const residentBytes = daemon.server.residentBytes() ?? Number.NaN
  const descriptors = daemon.descriptorCount()
  return { ledgers, residentBytes, descriptors, heapBytes: await daemon.heapBytes() }
}

interface StartPlace {
  readonly dataFolder: string
  readonly ledgers: number
  readonly nextEvent: () => RecordedEvent
}

/** Starts, reads one ledger, appends to another, and ends as told. */
async function timeStart(
  { dataFolder, ledgers, nextEvent }: StartPlace,
  round: number,
  end: (daemon: Daemon) => Promise<void>,
): Promise<FirstAnswers> {
  const began = performance.now()
  const daemon = await startDaemon({ dataFolder, secondSync: 'head' })
  // Never the same twice: what the last round looked at could be known.
  const read = connect({ url: daemon.url, ledger: nameOf((round * 17 + 3) % ledgers), schema: worldEvents })
  for await (const _ of read.lines()) break
  const readMs = performance.now() - began
  const append = connect({ url: daemon.url, ledger: nameOf((round * 17 + 500) % ledgers), schema: worldEvents })
  const { type, data, link, meta } = nextEvent()
  await append.append(type, data, { link, meta })
  const appendMs = performance.now() - began
  await Promise.all([read.close(), append.close()])
  await end(daemon)
  return { readMs, appendMs }
}

function nameOf(n: number): string {
  return `worlds/w${Math.floor(n / 100)}/l${n}`
}
