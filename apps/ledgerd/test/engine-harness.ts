// For tests of the engine on real files: a fresh data folder, an engine over it, drafts, and a way to look at what is on disk.
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { worldEvents } from '@ledgerd/schema-world-events'
import { fileCommit } from '../src/commit/file-commit.ts'
import { defaultLimits } from '../src/config.ts'
import { type EngineOptions, openEngine, seedFrom } from '../src/engine/engine.ts'
import type { AppendRequest, AppendResult, Engine } from '../src/engine/ports.ts'
import { DataFolder } from '../src/storage/data-folder.ts'

export const ledger = 'worlds/hall'

export interface Harness {
  readonly root: string
  readonly file: string
  readonly sidecar: string
  readonly warnings: string[]
  readonly stops: string[]
  /** A new engine on the same folder. */
  open(overrides?: Partial<EngineOptions>): Engine
  remove(): void
}

/** A data folder of its own, below the system's temporary folder. */
export function harness(): Harness {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-engine-'))
  const warnings: string[] = []
  const stops: string[] = []
  let clockMs = Date.UTC(2026, 0, 1)
  return {
    root,
    file: path.join(root, `${ledger}.jsonl`),
    sidecar: path.join(root, '.ledgerd', 'ledgers', `${ledger}.jsonl`),
    warnings,
    stops,
    open: (overrides = {}) =>
      openEngine({
        folder: new DataFolder(root),
        limits: defaultLimits,
        secondSync: 'head',
        nowMs: () => clockMs++,
        newSeed: () => seedFrom(randomBytes),
        pid: process.pid,
        host: 'test',
        onWarning: (_, sentence) => warnings.push(sentence),
        onStopped: (_, stop) => stops.push(stop.reason),
        commit: fileCommit({ inlineBytesMax: defaultLimits.inlineCommitBytesMax }),
        schemaFor: () => worldEvents,
        writerProfile: 'auto',
        later: (delayMs, task) => {
          const handle = setTimeout(task, delayMs)
          return () => clearTimeout(handle)
        },
        freeBytes: () => Number.MAX_SAFE_INTEGER,
        ...overrides,
      }),
    remove: () => fs.rmSync(root, { recursive: true, force: true }),
  }
}

/** A draft of the wire form, ended by LF. `n` is the event id and goes into the text, unless another text is given. */
export function draft(n: number, text = `line ${n}`): string {
  const id = n.toString(16).padStart(32, '0')
  const data = {
    status: 'success' as const,
    character_name: 'Mira Voss',
    channel: 'say',
    ooc_input: text,
    ic_output: 'Hand it over — now.',
    axis_snapshot: { demeanor: { score: 0.87, label: 'proud' } },
  }
  return `${worldEvents.encodeDraft({ type: 'chat.translation', id, data })}\n`
}

/** Drafts with the ids `from` to `to`, `to` excluded. */
export function drafts(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, at) => draft(from + at))
}

/** Appends drafts in one request. */
export function append(
  engine: Engine,
  lines: readonly string[],
  more: Partial<AppendRequest> = {},
): Promise<AppendResult> {
  return engine.append({
    ledger,
    drafts: Buffer.from(lines.join('')),
    count: lines.length,
    isAtomic: false,
    expect: undefined,
    ...more,
  })
}

/** The event ids in the file, in order, from whole lines. */
export function idsInFile(file: string): number[] {
  const text = fs.readFileSync(file, 'utf8')
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
  return lines.map((line) => Number.parseInt((JSON.parse(line) as { event_id: string }).event_id, 16))
}
