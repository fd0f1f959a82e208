// What a healthy client waits for its receipts while others misbehave, each kind in processes of its own, in alternating
// rounds with and without them. `--only floods`. On a machine with few cores a flood at full speed takes processor time from
// the healthy client's own process too; the figure holds both, so a flood at a rate stands beside it.
import { setTimeout as delay } from 'node:timers/promises'
import { type Daemon, startDaemon } from './daemon.ts'
import type { RunContext } from './run-context.ts'
import { median, pairedRatio } from './statistics.ts'
import { formatCount, formatMs, formatRatio, formatTable } from './table.ts'
import type { VisitorAnswer, VisitorOrder } from './visitor-process.ts'
import { WorkerProcess } from './worker-process.ts'

export interface FloodResult {
  readonly title: string
  /** What the visitors came to in all rounds: appends, connections, cuts. */
  readonly count: number
  readonly without: Waits
  readonly during: Waits
}

/** Round by round. */
export interface Waits {
  readonly p50Ms: number[]
  readonly p99Ms: number[]
}

export type FloodsReport = readonly FloodResult[]

interface Flood {
  readonly title: string
  /** Visitors, one process each. */
  readonly visitors: readonly string[]
  /** Of those, the processes that are stopped once they have begun, as if their machine had gone away. */
  readonly stopped?: number
  /** Left out of the goal: the figure is as much about the processor as about the daemon. */
  readonly isBeyondRate?: boolean
}

const floods: readonly Flood[] = [
  { title: 'nothing: the noise of the machine', visitors: [] },
  { title: '200 connections a second', visitors: ['storm'] },
  { title: 'appends to 8 other ledgers, 10 MB/s', visitors: ['appends-at-rate'] },
  { title: 'the same, as fast as they are taken', visitors: ['appends'], isBeyondRate: true },
  { title: '400 sockets that drip headers', visitors: ['slow-headers'] },
  { title: '50 stuck followers, half of them half-open', visitors: ['stuck', 'stuck'], stopped: 1 },
]
const rounds = { full: 5, quick: 2 }
const windowMs = { full: 4000, quick: 1500 }
/** Until the visitors are at work, or their sockets and commits are gone. */
const settleMs = 500

export async function measureFloods(context: RunContext): Promise<FloodsReport> {
  const results: FloodResult[] = []
  for (const flood of floods) results.push(await measureFlood(context, flood))
  return results
}

export function formatFloods(report: FloodsReport): string {
  const rows = report.map(({ title, count, without, during }) => [
    title,
    formatCount(count),
    formatMs(median(without.p50Ms)),
    formatMs(median(during.p50Ms)),
    formatMs(median(without.p99Ms)),
    formatMs(median(during.p99Ms)),
    formatRatio(ratioOfP99(during, without)),
  ])
  const head = ['beside', 'count', 'p50 without', 'p50 with', 'p99 without', 'p99 with', 'p99 ratio']
  return [
    'A healthy client appends 200 events a second, one after the other, and waits for each receipt; each kind of visitor is a process of its own:',
    formatTable(head, rows),
  ].join('\n\n')
}

/** Each window beside the one before it. */
export function ratioOfP99(during: Waits, without: Waits): number {
  return pairedRatio(during.p99Ms, without.p99Ms)
}

/** The ones that the goal is about. */
export function judgedFloods(report: FloodsReport): FloodsReport {
  return report.filter((_, at) => floods[at]?.isBeyondRate !== true && floods[at]?.visitors.length !== 0)
}

async function measureFlood(context: RunContext, flood: Flood): Promise<FloodResult> {
  const size = context.options.isQuick ? 'quick' : 'full'
  const dataFolder = context.scratch.makeFolder('floods')
  const daemon = await startDaemon({ dataFolder, secondSync: 'head', profileFolder: context.options.profileFolder })
  const healthy = await startVisitor(context, daemon, 'healthy')
  const without: Waits = { p50Ms: [], p99Ms: [] }
  const during: Waits = { p50Ms: [], p99Ms: [] }
  const measure = async (into: Waits): Promise<void> => {
    await delay(settleMs)
    const { p50Ms = Number.NaN, p99Ms = Number.NaN } = await healthy.ask({ kind: 'measure', windowMs: windowMs[size] })
    into.p50Ms.push(p50Ms)
    into.p99Ms.push(p99Ms)
  }
  let count = 0
  await healthy.ask({ kind: 'measure', windowMs: windowMs[size] })
  for (let round = 0; round < rounds[size]; round++) {
    context.say(`floods: ${flood.title}, round ${round + 1}`)
    await measure(without)
    const visitors = await Promise.all(flood.visitors.map((name) => startVisitor(context, daemon, name)))
    await Promise.all(visitors.map((visitor) => visitor.ask({ kind: 'start' })))
    const stopped = visitors.slice(0, flood.stopped ?? 0)
    for (const visitor of stopped) visitor.signal('SIGSTOP')
    await measure(during)
    for (const visitor of stopped) visitor.signal('SIGCONT')
    for (const visitor of visitors) count += (await visitor.ask({ kind: 'stop' })).count ?? 0
    for (const visitor of visitors) visitor.signal('SIGKILL')
  }
  await healthy.stop()
  await daemon.server.stop()
  return { title: flood.title, count, without, during }
}

function startVisitor(
  { recordedFolder, options }: RunContext,
  { url, port }: Daemon,
  name: string,
): Promise<WorkerProcess<VisitorOrder, VisitorAnswer>> {
  const args = [name, url, String(port), recordedFolder, String(options.seed)]
  return WorkerProcess.start({ program: 'visitor-process', args })
}
