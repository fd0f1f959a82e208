// An engine in memory for the tests of transport and subscribers: the port's promises and nothing else. Lines are the
// drafts themselves; reads can be held back, so that a test decides what happens while one is under way.
import { createHash } from 'node:crypto'
import { LedgerError } from '@ledgerd/schema'
import { isLedgerId } from '@ledgerd/protocol'
import type { CommittedRun } from '../src/commit/committed-run.ts'
import type {
  AppendRequest,
  AppendResult,
  CommittedListener,
  Engine,
  LedgerReader,
  LedgerStat,
  StartAt,
} from '../src/engine/ports.ts'

interface Draft {
  readonly id?: string
  readonly type?: string
  readonly link?: string | null
}

export class MemoryEngine implements Engine {
  readonly ledgers: Map<string, MemoryLedger> = new Map()
  readonly appends: AppendRequest[] = []
  /** When set, every read waits until the test lets it go. */
  heldReads: (() => void)[] | undefined
  /** When set, append answers with this. */
  respond: ((request: AppendRequest) => Promise<AppendResult>) | undefined
  stoppedLedgers: LedgerStat[] = []
  isClosed = false
  readonly #createdListeners = new Set<(ledger: string) => void>()

  list(): readonly string[] {
    return [...this.ledgers.keys()].sort()
  }

  has(ledger: string): boolean {
    return this.ledgers.has(ledger)
  }

  onCreated(listener: (ledger: string) => void): () => void {
    this.#createdListeners.add(listener)
    return () => void this.#createdListeners.delete(listener)
  }

  /** Commits lines (without LF) and tells the listeners in the same turn. */
  commit(ledger: string, lines: readonly string[]): void {
    let target = this.ledgers.get(ledger)
    if (target === undefined) {
      target = new MemoryLedger(ledger, this)
      this.ledgers.set(ledger, target)
      for (const listener of this.#createdListeners) listener(ledger)
    }
    target.commit(lines)
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    this.appends.push(request)
    if (this.respond !== undefined) return this.respond(request)
    if (!isLedgerId(request.ledger)) throw new LedgerError('LEDGER_ID_INVALID', 'no ledger id')
    const lines = Buffer.from(request.drafts).toString().split('\n').slice(0, -1)
    const seq = this.ledgers.get(request.ledger)?.lines.length ?? 0
    if (request.expect !== undefined && request.expect.size !== seq)
      throw new LedgerError('EXPECT_FAILED', 'another size', { details: { size: seq } })
    const drafts = lines.map((line) => parseDraft(line))
    if (drafts.some((draft) => draft instanceof LedgerError)) {
      const outcomes = drafts.map((draft) => ({
        error: draft instanceof LedgerError ? draft : new LedgerError('BUSY', 'not tried'),
      }))
      return { kind: 'mixed', epoch: 1, outcomes }
    }
    this.commit(request.ledger, lines)
    const eventIds = drafts.map((draft) => (draft as Draft).id ?? '')
    return { kind: 'plain', epoch: 1, seq, eventIds, leafHashes: lines.map(leafHex) }
  }

  async reader(ledger: string): Promise<LedgerReader> {
    if (!isLedgerId(ledger)) throw new LedgerError('LEDGER_ID_INVALID', 'no ledger id')
    const found = this.ledgers.get(ledger)
    if (found === undefined) throw new LedgerError('LEDGER_NOT_FOUND', `there is no ledger ${ledger}`)
    return found
  }

  async stat(ledger: string): Promise<LedgerStat> {
    return (await this.reader(ledger)).stat()
  }

  stopped(): readonly LedgerStat[] {
    return this.stoppedLedgers
  }

  async close(): Promise<void> {
    this.isClosed = true
  }
}

export class MemoryLedger implements LedgerReader {
  readonly ledger: string
  readonly lines: string[] = []
  readonly listeners: Set<CommittedListener> = new Set()
  readonly #engine: MemoryEngine

  constructor(ledger: string, engine: MemoryEngine) {
    this.ledger = ledger
    this.#engine = engine
  }

  commit(lines: readonly string[]): void {
    const run = runOf(this.ledger, this.lines.length, lines)
    this.lines.push(...lines)
    for (const listener of [...this.listeners]) listener(run)
  }

  stat(): LedgerStat {
    const bytes = this.lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
    const root = `sha256:${leafHex(this.lines.join('\n'))}`
    return {
      ledger: this.ledger,
      size: this.lines.length,
      bytes,
      root,
      epoch: 1,
      state: 'open',
      reason: undefined,
      schema: 'test',
      profile: 'plain',
    }
  }

  async resolve(start: StartAt): Promise<number> {
    if (start === 'start' || typeof start === 'object') return 0
    if (start === 'end') return this.lines.length
    if (start < 0) return Math.max(0, this.lines.length + start)
    if (start > this.lines.length)
      throw new LedgerError('CURSOR_AHEAD', `cursor ${start} lies beyond ${this.lines.length}`)
    return start
  }

  async read(from: number, bytesMax: number, into?: Buffer): Promise<CommittedRun> {
    if (this.#engine.heldReads !== undefined)
      await new Promise<void>((resolve) => this.#engine.heldReads?.push(resolve))
    const lines: string[] = []
    let bytes = 0
    for (const line of this.lines.slice(from)) {
      bytes += Buffer.byteLength(line) + 1
      if (lines.length > 0 && bytes > bytesMax) break
      lines.push(line)
    }
    const run = runOf(this.ledger, from, lines)
    if (into === undefined || into.length < run.bytes.length) return run
    into.set(run.bytes)
    return { ...run, bytes: into.subarray(0, run.bytes.length) }
  }

  onCommitted(listener: CommittedListener): () => void {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  async findEvent(eventId: string): Promise<number | undefined> {
    const index = this.lines.findIndex((line) => (JSON.parse(line) as Draft).id === eventId)
    return index < 0 ? undefined : index
  }

  routeOf(line: Uint8Array): { type: string; link: string | null } | undefined {
    const draft = parseDraft(Buffer.from(line).toString())
    return draft instanceof LedgerError ? undefined : { type: draft.type ?? '', link: draft.link ?? null }
  }
}

function runOf(ledger: string, from: number, lines: readonly string[]): CommittedRun {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  return { ledger, from, count: lines.length, bytes } as unknown as CommittedRun
}

function parseDraft(line: string): Draft | LedgerError {
  try {
    return JSON.parse(line) as Draft
  } catch (cause) {
    return new LedgerError('VALUE_REFUSED', 'not JSON', { cause })
  }
}

function leafHex(line: string): string {
  return createHash('sha256').update('\0').update(line).digest('hex')
}
