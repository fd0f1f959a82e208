// All ledgers of one data folder: opened on first use, committed in rounds, closed when idle for too long. What transport
// and subscribers see of the daemon's heart (ports.ts).
import { emptyRoot } from '@ledgerd/proof'
import type { LedgerSchema } from '@ledgerd/schema'
import { LedgerError, withIndex } from '@ledgerd/schema/errors'
import type { CommitPort } from '../commit/file-commit.ts'
import type { Limits } from '../config.ts'
import type { Fingerprint } from '../index/identity-table.ts'
import type { DataFolder } from '../storage/data-folder.ts'
import { StopSignal } from '../storage/stop-signal.ts'
import type { StoreOptions } from '../storage/open-store.ts'
import { admit } from './admit.ts'
import { inTurn } from './append-run.ts'
import { DraftQueue } from './draft-queue.ts'
import { GroupBuffers } from './group-buffers.ts'
import type { LedgerKeeper, OpenLedger } from './open-ledger.ts'
import { keeperOf, openLedger } from './opening.ts'
import { SpaceGuard } from './space-guard.ts'
import type { AppendRequest, AppendResult, Engine, EngineLoad, LedgerReader, LedgerStat } from './ports.ts'
import type { Admission } from './ticket.ts'

export interface EngineOptions extends StoreOptions {
  readonly commit: CommitPort
  /** The schema that the configuration chooses for a ledger. */
  readonly schemaFor: (ledger: string) => LedgerSchema
  /** `auto`, or one of the schema's profiles for every ledger. */
  readonly writerProfile: string
  readonly later: (delayMs: number, task: () => void) => () => void
  /** Free bytes on the data folder's disk. */
  readonly freeBytes: () => number
  readonly onStopped: (ledger: string, stop: StopSignal) => void
}

interface Entry {
  readonly opened: Promise<OpenLedger>
  open: OpenLedger | undefined
}

/** Opens nothing yet: ledgers are opened as they are asked for. Drafts that wait before they come here count in `queue` too. */
export function openEngine(options: EngineOptions): Engine & { load(): EngineLoad; readonly queue: DraftQueue } {
  return new LedgerEngine(options)
}

class LedgerEngine implements Engine {
  readonly queue: DraftQueue
  readonly #options: EngineOptions
  readonly #folder: DataFolder
  readonly #limits: Limits
  /** In the order in which they were opened: the first idle one makes room. */
  readonly #entries: Map<string, Entry> = new Map()
  readonly #created: Set<(ledger: string) => void> = new Set()
  readonly #keeper: LedgerKeeper
  readonly #space: SpaceGuard
  readonly #ready: Set<OpenLedger> = new Set()
  #isRoundDue = false
  #isClosing = false

  constructor(options: EngineOptions) {
    this.#options = options
    this.#folder = options.folder
    this.#limits = options.limits
    this.queue = new DraftQueue(options.limits.queueBytesMax)
    const { freeBytesMin, diskRetryMs } = options.limits
    const onLow = (sentence: string): void => options.onWarning('', sentence)
    this.#keeper = keeperOf(options, {
      buffers: new GroupBuffers(),
      requestRound: (open) => this.#requestRound(open),
      onStopped: (name, stop) => this.#onStopped(name, stop),
    })
    this.#space = new SpaceGuard({ freeBytes: options.freeBytes, freeBytesMin, retryAfterMs: diskRetryMs, onLow })
  }

  list(): readonly string[] {
    return this.#folder.list()
  }

  has(ledger: string): boolean {
    return this.#entries.has(ledger) || this.#folder.has(ledger)
  }

  onCreated(listener: (ledger: string) => void): () => void {
    this.#created.add(listener)
    return () => this.#created.delete(listener)
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    const { run } = request
    const place = inTurn(run, () => this.#placeFor(request))
    if ('kind' in place) return place
    this.queue.add(request.drafts.length)
    try {
      const open = place.open ?? (await place.opened)
      return await inTurn(run, () => open.append(request))
    } finally {
      this.queue.remove(request.drafts.length)
    }
  }

  /** The ledger that a request goes to, or the answer to one that makes none. Throws what refuses it. */
  #placeFor(request: AppendRequest): Entry | AppendResult {
    if (this.#isClosing)
      throw new LedgerError('DRAINING', 'the daemon is shutting down; try again soon', { retryAfterMs: 1000 })
    this.queue.assertRoom(request.drafts.length)
    this.#space.assertRoom(request.drafts.length)
    const known = this.#entries.get(request.ledger)
    if (known === undefined && !this.#folder.has(request.ledger)) {
      const refusal = this.#refusalBeforeCreation(request)
      if (refusal !== undefined) return refusal
    }
    return known ?? this.#open(request.ledger)
  }

  async reader(ledger: string): Promise<LedgerReader> {
    const entry = this.#entries.get(ledger)
    if (entry !== undefined) return entry.open ?? (await entry.opened)
    if (!this.#folder.has(ledger))
      throw new LedgerError('LEDGER_NOT_FOUND', `there is no ledger ${ledger}; the first append creates it`)
    return await this.#open(ledger).opened
  }

  async stat(ledger: string): Promise<LedgerStat> {
    return (await this.reader(ledger)).stat()
  }

  stopped(): readonly LedgerStat[] {
    return [...this.#entries.values()].flatMap(({ open }) => (open?.stopSignal === undefined ? [] : [open.stat()]))
  }

  load(): EngineLoad {
    let openingLedgers = 0
    for (const { open } of this.#entries.values()) if (open?.isOpening ?? true) openingLedgers++
    return { queuedBytes: this.queue.bytes, openLedgers: this.#entries.size, openingLedgers }
  }

  async close(): Promise<void> {
    this.#isClosing = true
    const refusals: unknown[] = []
    for (const [ledger, entry] of this.#entries)
      await this.#close(ledger, entry).catch((error: unknown) => {
        refusals.push(error)
        this.#options.onWarning(ledger, `it could not be closed cleanly: ${String(error)}`)
      })
    if (refusals.length > 0) throw refusals[0]
  }

  /** A request of which nothing would be written makes no ledger. */
  #refusalBeforeCreation(request: AppendRequest): AppendResult | undefined {
    const { ledger, expect } = request
    const schema = this.#options.schemaFor(ledger)
    const admissions = judgeFirst(admit(request, schema.openWriter({ ledger }), this.#limits), schema, ledger)
    const errors = admissions.flatMap((admission) => (admission instanceof LedgerError ? [admission] : []))
    const [first] = errors
    if (request.isAtomic && first !== undefined) throw withIndex(first, admissions.indexOf(first))
    if (errors.length === admissions.length && errors.length > 0)
      return { kind: 'mixed', epoch: 0, outcomes: errors.map((error) => ({ error })) }
    if (expect !== undefined && expect.size !== 0)
      throw new LedgerError('EXPECT_FAILED', 'the ledger does not exist yet', {
        details: { size: 0, root: `sha256:${Buffer.from(emptyRoot).toString('hex')}` },
      })
    return undefined
  }

  #open(ledger: string): Entry {
    const isNew = !this.#folder.has(ledger)
    this.#makeRoom()
    const opened = openLedger(ledger, isNew, this.#options, this.#keeper)
    const entry: Entry = { opened, open: undefined }
    this.#entries.set(ledger, entry)
    opened.then(
      (open) => {
        entry.open = open
        if (isNew) for (const listener of this.#created) listener(ledger)
      },
      () => {
        // Who asked is told by the same promise; the next request tries again.
        if (this.#entries.get(ledger) === entry) this.#entries.delete(ledger)
      },
    )
    return entry
  }

  /** Every ledger with lines to commit takes part; the commit port gets all their groups at once. */
  #requestRound(open: OpenLedger): void {
    this.#ready.add(open)
    if (this.#isRoundDue) return
    this.#isRoundDue = true
    setImmediate(() => this.#round())
  }

  #round(): void {
    this.#isRoundDue = false
    const taking = [...this.#ready]
    this.#ready.clear()
    const owners: OpenLedger[] = []
    const groups = taking.flatMap((open) => {
      const group = open.takeGroup()
      if (group === undefined) return []
      owners.push(open)
      return [group]
    })
    for (const [at, done] of this.#options.commit.commit(groups).entries()) {
      const owner = owners[at] as OpenLedger
      done.then(
        (run) => owner.committed(run),
        (error: unknown) =>
          owner.failed(error instanceof StopSignal ? error : new StopSignal('write-failed', String(error), error)),
      )
    }
  }

  /** A full disk is tried again by itself: the ledger is closed and recovered anew once there is space. */
  #onStopped(ledger: string, stop: StopSignal): void {
    this.#options.onStopped(ledger, stop)
    if (stop.reason === 'disk-full') this.#options.later(this.#limits.diskRetryMs, () => void this.#reopen(ledger))
  }

  async #reopen(ledger: string): Promise<void> {
    const entry = this.#entries.get(ledger)
    if (entry?.open === undefined || this.#isClosing) return
    if (this.#options.freeBytes() < this.#limits.freeBytesMin) {
      this.#options.later(this.#limits.diskRetryMs, () => void this.#reopen(ledger))
      return
    }
    try {
      await entry.open.reopen()
    } catch (error) {
      this.#options.onWarning(ledger, `opening again after a full disk failed: ${String(error)}`)
      this.#options.later(this.#limits.diskRetryMs, () => void this.#reopen(ledger))
    }
  }

  #makeRoom(): void {
    if (this.#entries.size < this.#limits.openLedgersMax) return
    for (const [ledger, entry] of this.#entries) {
      if (entry.open === undefined || !entry.open.isIdle) continue
      this.#close(ledger, entry).catch((error: unknown) =>
        this.#options.onWarning(ledger, `it could not be closed cleanly: ${String(error)}`),
      )
      return
    }
    throw new LedgerError('BUSY', `${this.#entries.size} ledgers are open and in use; that is the limit`, {
      retryAfterMs: 1000,
    })
  }

  async #close(ledger: string, entry: Entry): Promise<void> {
    this.#entries.delete(ledger)
    const open = await entry.opened.catch(() => undefined)
    await open?.close()
  }
}

/** A fresh secret for the fingerprints of one ledger. */
export function seedFrom(random: (bytes: number) => Uint8Array): Fingerprint {
  const view = new DataView(Uint8Array.from(random(8)).buffer)
  return { high: view.getUint32(0), low: view.getUint32(4) }
}

/** The admissions as the family's invariants see them at the start of a ledger. */
function judgeFirst(admissions: readonly Admission[], schema: LedgerSchema, ledger: string): readonly Admission[] {
  const rules = schema.openRules?.({ ledger })
  if (rules === undefined) return admissions
  return admissions.map((admission, seq) => {
    if (admission instanceof LedgerError) return admission
    try {
      rules.take(admission, { seq, timeMs: 0 })
      return admission
    } catch (error) {
      if (error instanceof LedgerError) return error
      throw error
    }
  })
}
