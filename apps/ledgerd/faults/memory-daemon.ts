// The daemon's engine over a disk in memory: opened, appended to, and left to die without a word. Nothing here waits for
// real time.
import { fileCommit } from '../src/commit/file-commit.ts'
import { defaultLimits, type SecondSync } from '../src/config.ts'
import { openEngine } from '../src/engine/engine.ts'
import type { AppendResult, Engine } from '../src/engine/ports.ts'
import { DataFolder } from '../src/storage/data-folder.ts'
import { memoryRoot } from '@ledgerd/testkit'
import { worldEvents } from '@ledgerd/schema-world-events'

export interface MemoryDaemon {
  readonly engine: Engine
  readonly secondSync: SecondSync
  /** Reasons of stops so far, as `ledger: reason`. */
  readonly stops: readonly string[]
  /** What operators were warned of, as `ledger: sentence`. */
  readonly warnings: readonly string[]
  /** Runs what the daemon put off. */
  runLater(): void
}

export interface MemoryDaemonOptions {
  /** Commits up to this size run on the event loop, larger ones as if in the pool. */
  readonly inlineBytesMax?: number
  /** What the second sync of a commit covers; the head record unless said otherwise. */
  readonly secondSync?: SecondSync
  readonly freeBytes?: () => number
  /** The clock; without one it stands still. */
  readonly nowMs?: () => number
}

/** Stands still, so that equal disks are recovered into equal disks. */
const startMs = Date.UTC(2026, 0, 1)

/** Opens the engine on the mounted disk. */
export function openMemoryDaemon(options: MemoryDaemonOptions = {}): MemoryDaemon {
  const { inlineBytesMax, secondSync = 'head', freeBytes, nowMs } = options
  const stops: string[] = []
  const warnings: string[] = []
  const putOff = new Set<() => void>()
  const engine = openEngine({
    folder: new DataFolder(memoryRoot),
    limits: { ...defaultLimits, openingPatienceMs: 0 },
    secondSync,
    nowMs: nowMs ?? (() => startMs),
    newSeed: () => ({ high: 7, low: 11 }),
    pid: 1,
    host: 'memory',
    onWarning: (ledger, sentence) => warnings.push(`${ledger}: ${sentence}`),
    onStopped: (ledger, stop) => stops.push(`${ledger}: ${stop.reason}`),
    commit: fileCommit({ inlineBytesMax: inlineBytesMax ?? defaultLimits.inlineCommitBytesMax }),
    schemaFor: () => worldEvents,
    writerProfile: 'auto',
    later: (_, task) => {
      putOff.add(task)
      return () => putOff.delete(task)
    },
    freeBytes: freeBytes ?? (() => Number.MAX_SAFE_INTEGER),
  })
  return {
    engine,
    secondSync,
    stops,
    warnings,
    runLater: () => {
      const tasks = [...putOff]
      putOff.clear()
      for (const task of tasks) task()
    },
  }
}

/** The identity of the n-th draft. */
export function idOf(n: number): string {
  return n.toString(16).padStart(32, '0')
}

/** A draft of a small line, or of one with as much text as wished. */
export function draftOf(n: number, textLength = 4): string {
  const data = {
    status: 'success' as const,
    character_name: 'Mira',
    channel: 'say',
    ooc_input: 'x'.repeat(textLength),
    ic_output: `${n}`,
    axis_snapshot: {},
  }
  return `${worldEvents.encodeDraft({ type: 'chat.translation', id: idOf(n), data })}\n`
}

export function appendTo(engine: Engine, ledger: string, drafts: readonly string[]): Promise<AppendResult> {
  return engine.append({
    ledger,
    drafts: Buffer.from(drafts.join('')),
    count: drafts.length,
    isAtomic: false,
    expect: undefined,
  })
}
