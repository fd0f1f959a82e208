// One ledger as the engine knows it: held, with its files, locks and index open, or at rest, with nothing but its figures
// and those who listen. It is held from the first append or read on and put to rest when nobody asks for long, or when the
// room is needed (storage/held-files.ts). Who uses it does not notice which.
import type { LedgerSchema } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import { type CommittedRun, markRead } from '../commit/committed-run.ts'
import type { SealedGroup } from '../commit/file-commit.ts'
import type { SchemaChoice } from '../schemas/schema-book.ts'
import type { HeldFiles, Holder } from '../storage/held-files.ts'
import { isSystemError, StopSignal } from '../storage/stop-signal.ts'
import { closedForNow } from './closed-for-now.ts'
import { cursorAhead } from './cursor-ahead.ts'
import type { HeldLedger } from './held-ledger.ts'
import type { AppendRequest, AppendResult, CommittedListener, LedgerReader, LedgerStat, StartAt } from './ports.ts'
import { refusalToRead } from './refusal-to-read.ts'
import { RestFigures } from './rest-figures.ts'
import { stopFactsOf, stoppedError } from './stop.ts'

/** How to open its files; for a ledger found at rest that is looked up when the time comes. */
export interface HowToHold {
  readonly isNew: boolean
  readonly choice: SchemaChoice
}

/** What all ledgers of an engine share. */
export interface LedgerKeeper {
  /** Opens files, locks and index. Throws LEDGER_LOCKED. */
  readonly hold: (owner: OpenLedger, how: HowToHold | undefined) => Promise<HeldLedger>
  /** All lines of a ledger at rest, without opening it; undefined when they are not what the figures say. */
  readonly readAtRest: (ledger: string, figures: RestFigures) => Promise<Buffer | undefined>
  /** Undefined where ledgers stay held once they are. */
  readonly heldFiles: HeldFiles | undefined
  readonly onWarning: (ledger: string, sentence: string) => void
}

export class OpenLedger implements LedgerReader, Holder {
  readonly ledger: string
  readonly #schema: LedgerSchema
  readonly #keeper: LedgerKeeper
  /** How it stood when it was put to rest, or was found at rest. */
  #atRest: RestFigures | undefined
  #held: HeldLedger | undefined
  #holding: Promise<HeldLedger> | undefined
  #resting: Promise<void> | undefined
  /** Why it stopped: a ledger that stopped stays so until the next start, at rest too. */
  #stop: StopSignal | undefined
  /** Why it could not be held the last time: shown as a stop, and tried again with every request. */
  #failure: StopSignal | undefined
  /** Made with the first listener: most ledgers have none. */
  #listeners: Set<CommittedListener> | undefined
  /** Requests that need it held. */
  #users = 0
  #isClosed = false
  isFresh = true

  constructor(ledger: string, schema: LedgerSchema, keeper: LedgerKeeper, atRest: RestFigures | undefined) {
    this.ledger = ledger
    this.#schema = schema
    this.#keeper = keeper
    this.#atRest = atRest
  }

  get stopSignal(): StopSignal | undefined {
    return this.#held?.stopSignal ?? this.#stop ?? this.#failure
  }

  get isIdle(): boolean {
    return (this.#listeners?.size ?? 0) === 0 && this.#users === 0 && (this.#held?.isIdle ?? true)
  }

  get isOpening(): boolean {
    return this.#held?.isOpening ?? false
  }

  append(request: AppendRequest): Promise<AppendResult> {
    const stop = this.#stop
    if (stop !== undefined) throw stoppedError(this.ledger, stop, 'absent')
    this.isFresh = true
    return this.#held?.append(request) ?? this.#use((held) => held.append(request))
  }

  /** The next group, if it is held and has one. */
  takeGroup(): SealedGroup | undefined {
    return this.#held?.takeGroup()
  }

  committed(run: CommittedRun): void {
    this.#held?.committed(run)
  }

  failed(stop: StopSignal): void {
    this.#held?.failed(stop)
  }

  /** After a full disk. */
  reopen(): Promise<void> {
    return this.#use((held) => held.reopen())
  }

  stat(): LedgerStat {
    const stop = this.#stop ?? this.#failure
    const stat = this.#held?.stat() ?? (this.#atRest ?? nothingKnown).stat(this.ledger, this.#schema.name)
    if (stop === undefined || stat.state === 'stopped') return stat
    return { ...stat, state: 'stopped', reason: stop.reason, stop: stopFactsOf(stop) }
  }

  async resolve(start: StartAt): Promise<number> {
    if (start === 'start') return 0
    if (typeof start === 'object') return await this.#look((held) => held.seqAt(start.timeMs))
    const { size: known } = this.stat()
    if (start !== 'end' && start >= 0 && start <= known) return start
    // Where the end is, and what lies beyond what is known, its holder says.
    const isAtRest = this.#held === undefined && this.#atRest !== undefined
    const size = isAtRest ? known : await this.#look((held) => held.end())
    if (start === 'end') return size
    if (start > size) throw cursorAhead(start, size)
    return start < 0 ? Math.max(0, size + start) : start
  }

  async read(from: number, bytesMax: number, into?: Buffer): Promise<CommittedRun> {
    const { ledger } = this
    const figures = this.#atRest
    // What a stopped ledger's figures say is not what was committed.
    if (figures !== undefined && this.#held === undefined && this.#stop === undefined && !this.#isClosed) {
      const { size: count, bytes: length } = figures
      if (from === count) return markRead({ ledger, from, count: 0, bytes: new Uint8Array(0) })
      // Of a short one all is read, checked and given: thousands can be caught up with, and none is taken up for it.
      const bytes = from === 0 && length <= bytesMax ? await this.#keeper.readAtRest(ledger, figures) : undefined
      if (bytes !== undefined) return markRead({ ledger, from, count, bytes })
    }
    return await this.#look((held) => held.read(from, bytesMax, into))
  }

  findEvent(eventId: string): Promise<number | undefined> {
    return this.#look((held) => held.findEvent(eventId))
  }

  /** Looks through all lines now. */
  lookForDamage(): Promise<void> {
    return this.#use((held) => held.lookForDamage())
  }

  routeOf(line: Uint8Array): { readonly type: string; readonly link: string | null } | undefined {
    return this.#schema.routeOf(line)
  }

  onCommitted(listener: CommittedListener): () => void {
    if (this.#isClosed) throw closedForNow(this.ledger)
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
    return () => void this.#listeners?.delete(listener)
  }

  /** For whoever holds it: hands committed lines on. `held`: somebody may keep them. */
  publish(run: CommittedRun): 'held' | 'free' {
    if (this.#listeners === undefined) return 'free'
    for (const listener of this.#listeners) listener(run)
    return this.#listeners.size === 0 ? 'free' : 'held'
  }

  /** Holds it from now on. Throws LEDGER_LOCKED, and BUSY when as many are held and in use as may be. */
  async hold(how: HowToHold): Promise<void> {
    await this.#takeHold(how).catch((error: unknown) => {
      // One that exists and cannot be opened is shown as stopped, whoever asks.
      if (this.#failure === undefined || how.isNew) throw error
    })
  }

  get canRest(): boolean {
    // A ledger whose disk is full is about to be opened anew.
    const isWaiting = this.#held?.stopSignal?.reason === 'disk-full'
    return this.#users === 0 && this.#held?.isIdle === true && !isWaiting
  }

  get lineCount(): number {
    return this.#held?.lineCount ?? this.#atRest?.size ?? 0
  }

  rest(): void {
    const held = this.#held
    if (held === undefined) return
    this.#atRest = new RestFigures(held.stat())
    this.#stop ??= held.stopSignal
    this.#held = undefined
    const { onWarning } = this.#keeper
    this.#resting = held
      .close()
      .catch((error: unknown) => onWarning(this.ledger, `it could not be put to rest cleanly: ${String(error)}`))
      .finally(() => (this.#resting = undefined))
  }

  /** Finishes what is under way and gives everything back. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled([this.#holding])
    const held = this.#held
    this.#keeper.heldFiles?.forget(this)
    await held?.close()
    await this.#resting
  }

  /** Reads. What the system refuses is told as what may pass, and the log says why. */
  async #look<Result>(work: (held: HeldLedger) => Promise<Result>): Promise<Result> {
    try {
      return await this.#use(work)
    } catch (error) {
      if (!isSystemError(error)) throw error
      const refusal = refusalToRead(`lines of ${this.ledger}`, error)
      this.#keeper.onWarning(this.ledger, refusal.message)
      throw refusal
    }
  }

  async #use<Result>(work: (held: HeldLedger) => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw closedForNow(this.ledger)
    this.isFresh = true
    this.#users++
    try {
      return await work(this.#held ?? (await this.#whenHeld()))
    } finally {
      this.#users--
    }
  }

  #whenHeld(): Promise<HeldLedger> {
    this.#holding ??= this.#takeHold().finally(() => (this.#holding = undefined))
    return this.#holding
  }

  async #takeHold(how?: HowToHold): Promise<HeldLedger> {
    await this.#resting
    const { heldFiles, hold } = this.#keeper
    heldFiles?.take(this)
    try {
      const held = await hold(this, how)
      this.#held = held
      this.#failure = undefined
      const sizeAtRest = this.#atRest?.size
      this.#atRest = undefined
      // Another program may have appended while nobody held the file.
      if (sizeAtRest !== undefined && this.#listeners !== undefined) held.publishFrom(sizeAtRest)
      return held
    } catch (error) {
      heldFiles?.forget(this)
      throw this.#remember(error)
    }
  }

  /** The refusal with the time of the first failure of its kind. */
  #remember(error: unknown): unknown {
    const stop = error instanceof LedgerError && error.code === 'LEDGER_STOPPED' ? error.cause : undefined
    if (!(stop instanceof StopSignal)) return error
    if (this.#failure?.reason !== stop.reason) this.#failure = stop
    return stoppedError(this.ledger, this.#failure, 'absent')
  }
}

/** Of a ledger that could not be opened since the daemon started. */
const nothingKnown: RestFigures = new RestFigures({ size: 0, bytes: 0, root: undefined, epoch: 0, profile: '' })
