// Recorded runs of the daemon's engine on a disk in memory: what it did to the disk, and between, what it told clients and
// followers.
import {
  type Evidence,
  type FolderImage,
  MemoryDisk,
  type RecordedRun,
  splitAtLineFeeds,
  type TraceEvent,
} from '@ledgerd/testkit'
import type { AppendResult } from '../src/engine/ports.ts'
import { appendTo, draftOf, idOf, type MemoryDaemonOptions, openMemoryDaemon } from './memory-daemon.ts'
import { mount } from './memory-doors.ts'

/** One request of a run: drafts with the numbers `from` to `to`. */
export interface Request {
  readonly ledger: string
  readonly from: number
  readonly to: number
  readonly textLength?: number
}

/** Requests that are sent at once, which the daemon groups as it likes; `quiet` lets it do what it had put off. */
export type Step = readonly Request[] | 'close' | 'quiet'

export interface Recording extends RecordedRun {
  /** Identities that were sent, ever. */
  readonly sent: ReadonlySet<string>
  /** Its head records trail: not every receipt waited for the sync of one. */
  readonly trails: boolean
  /** The disk at the end, as the cache shows it. */
  readonly end: FolderImage
  readonly evidenceAtEnd: Evidence
}

const nothing: Evidence = { receipts: [], followers: [] }

/** Runs the steps from an empty disk, or from `before`. A run ends without closing unless its last step says so. */
export async function recordRun(
  steps: readonly Step[],
  before: { readonly image: FolderImage; readonly evidence: Evidence; readonly sent: ReadonlySet<string> } | undefined,
  options: MemoryDaemonOptions = {},
): Promise<Recording> {
  const image = before?.image ?? new Map()
  const disk = new MemoryDisk(image)
  const events: TraceEvent[] = []
  disk.onOp = (op) => events.push(op)
  mount.mount(disk)
  let daemon = openMemoryDaemon(options)
  const sent = new Set(before?.sent)
  const followed = new Set<string>()
  for (const step of steps) {
    if (step === 'close') {
      await daemon.engine.close()
      followed.clear()
      daemon = openMemoryDaemon(options)
      continue
    }
    if (step === 'quiet') {
      daemon.runLater()
      await turn()
      continue
    }
    await Promise.all(
      step.map(async ({ ledger, from, to, textLength }) => {
        const numbers = Array.from({ length: to - from }, (_, at) => from + at)
        for (const n of numbers) sent.add(idOf(n))
        const drafts = numbers.map((n) => draftOf(n, textLength))
        const result = await appendTo(daemon.engine, ledger, drafts)
        for (const receipt of receiptsOf(ledger, numbers, result)) events.push({ kind: 'receipt', receipt })
        if (followed.has(ledger)) return
        followed.add(ledger)
        const reader = await daemon.engine.reader(ledger)
        reader.onCommitted((run) => {
          for (const [at, line] of splitAtLineFeeds(Buffer.from(run.bytes)).lines.entries())
            events.push({ kind: 'seen', line: { ledger, seq: run.from + at, line } })
        })
      }),
    )
  }
  // What a daemon does behind its last receipt belongs to the run.
  await turn()
  disk.onOp = undefined
  const told = before?.evidence ?? nothing
  return {
    image,
    inodes: new MemoryDisk(image).inodes(),
    events,
    evidence: told,
    sent,
    trails: (options.secondSync ?? 'head') !== 'head',
    end: disk.image(),
    evidenceAtEnd: { ...told, receipts: [...told.receipts, ...receiptsIn(events)] },
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

function receiptsOf(ledger: string, numbers: readonly number[], result: AppendResult) {
  if (result.kind === 'plain')
    return numbers.map((n, at) => ({
      ledger,
      seq: result.seq + at,
      eventId: idOf(n),
      leafHash: result.leafHashes[at] ?? '',
      durable: 'fsync',
    }))
  return result.outcomes.map((outcome) => {
    if ('error' in outcome) throw outcome.error
    const { seq, eventId, leafHash } = outcome
    return { ledger, seq, eventId, leafHash, durable: 'fsync' }
  })
}

function receiptsIn(events: readonly TraceEvent[]) {
  return events.flatMap((event) => (event.kind === 'receipt' ? [event.receipt] : []))
}
