// For tests of the transport: its doors over an engine in memory, on a port of the system's choosing and a local socket,
// with timers that only move when told.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { LedgerError } from '@ledgerd/schema'
import { defaultLimits } from '../src/config.ts'
import type { Limits } from '../src/config.ts'
import { formatGrants } from '../src/auth/grant.ts'
import type { Action } from '../src/auth/grant.ts'
import { hashToken } from '../src/auth/token.ts'
import { TokenBook } from '../src/auth/token-book.ts'
import type { GrantFile } from '../src/auth/token-book.ts'
import { Health } from '../src/ops/health.ts'
import { type Log, silentLog } from '../src/ops/log.ts'
import { MetricsBoard } from '../src/ops/metrics.ts'
import type { Timers } from '../src/ops/timers.ts'
import { openDoors } from '../src/transport/open-doors.ts'
import type { OpenDoors } from '../src/transport/open-doors.ts'
import { MemoryEngine } from './memory-engine.ts'

export const token = 'A'.repeat(43)

export interface TransportHarness extends AsyncDisposable {
  readonly engine: MemoryEngine
  readonly metrics: MetricsBoard
  readonly health: Health
  readonly timers: ManualTimers
  readonly doors: OpenDoors
  readonly port: number
  readonly socketPath: string
  /** The grants of this daemon as its file holds them; set and told with `tokens.refresh()`. */
  readonly grants: MemoryGrants
  readonly tokens: TokenBook
}

export async function openTransport(limits: Partial<Limits> = {}, log: Log = silentLog): Promise<TransportHarness> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ledgerd-transport-'))
  const socketPath = path.join(folder, 'sock')
  const engine = new MemoryEngine()
  const metrics = new MetricsBoard()
  const health = new Health(() => engine.stopped(), metrics)
  const timers = new ManualTimers()
  let ids = 0
  const grants = new MemoryGrants()
  const { draftsPerSecondMax } = { ...defaultLimits, ...limits }
  const tokens = new TokenBook({
    ownerToken: token,
    file: grants,
    nowMs: () => timers.timeMs,
    log,
    draftsPerSecondMax,
  })
  const doors = await openDoors(
    {
      engine,
      metrics,
      health,
      timers,
      tokens,
      limits: { ...defaultLimits, ...limits },
      log,
      daemon: 'ledgerd/test',
      schemaRefusal: (_, name) =>
        name === 'test' ? undefined : new LedgerError('SCHEMA_UNKNOWN', `no schema ${name}`),
      makeEventId: () => `made-${ids++}`,
      deriveEventId: (ledger, key) => `derived-${ledger}-${key}`,
    },
    {
      address: { host: '127.0.0.1', port: 0 },
      sockets: [socketPath],
      isUnsafeListenAllowed: false,
      origins: new Set(),
      readTls: undefined,
    },
  )
  health.phase = 'serving'
  const port = Number(new URL(doors.url).port)
  const dispose = async (): Promise<void> => {
    doors.destroy()
    await doors.drain()
    rmSync(folder, { recursive: true, force: true })
  }
  return { engine, metrics, health, timers, doors, port, socketPath, grants, tokens, [Symbol.asyncDispose]: dispose }
}

export interface GrantRow {
  readonly token: string
  readonly allow: readonly Action[]
  readonly ledgers: readonly string[]
  readonly expires?: string
  readonly draftsPerSecondMax?: number
}

/** A token file in memory. */
export class MemoryGrants implements GrantFile {
  readonly path = 'tokens.json'
  text: string | undefined
  #changes = 0

  stamp(): string {
    return String(this.#changes)
  }

  read(): string | undefined {
    return this.text
  }

  write(text: string | undefined): void {
    this.text = text
    this.#changes += 1
  }

  /** One grant per token, named after its text. */
  allow(...rows: GrantRow[]): void {
    const created = '2026-03-01T10:00:00Z'
    const grants = rows.map(({ token: text, ...scope }) => {
      return { name: text.slice(0, 8), sha256: hashToken(text).toString('hex'), created, ...scope }
    })
    this.write(formatGrants(grants))
  }
}

export class ManualTimers implements Timers {
  timeMs = 0
  readonly #due = new Set<{ atMs: number; everyMs: number | undefined; run: () => void }>()

  now(): number {
    return this.timeMs
  }

  after(delayMs: number, run: () => void): () => void {
    return this.#add({ atMs: this.timeMs + delayMs, everyMs: undefined, run })
  }

  every(periodMs: number, run: () => void): () => void {
    return this.#add({ atMs: this.timeMs + periodMs, everyMs: periodMs, run })
  }

  /** Runs what is due in the next `ms`, in order. */
  advance(ms: number): void {
    const endMs = this.timeMs + ms
    for (;;) {
      const next = [...this.#due].filter((timer) => timer.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined) break
      this.timeMs = next.atMs
      if (next.everyMs === undefined) this.#due.delete(next)
      else next.atMs += next.everyMs
      next.run()
    }
    this.timeMs = endMs
  }

  #add(timer: { atMs: number; everyMs: number | undefined; run: () => void }): () => void {
    this.#due.add(timer)
    return () => void this.#due.delete(timer)
  }
}
