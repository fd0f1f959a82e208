// One ledger while its files are held: its storage, its appender, and the read side that followers and range reads use.
// Damage found at opening or later stops the appends; reads go on up to the last right line.
import type { LedgerSchema } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import type { CommittedRun } from '../commit/committed-run.ts'
import type { SealedGroup } from '../commit/file-commit.ts'
import type { Limits } from '../config.ts'
import { IndexKeeper } from '../index/index-keeper.ts'
import { StopSignal, stopOf } from '../storage/stop-signal.ts'
import type { RecordedSchema } from '../storage/origin.ts'
import type { HeadFile } from '../storage/head-file.ts'
import type { LedgerStore } from '../storage/open-store.ts'
import { closeHead, TrailingHead } from '../storage/trailing-head.ts'
import { Appender } from './appender.ts'
import type { GroupBuffers } from './group-buffers.ts'
import { LearnedRules } from './learned-rules.ts'
import { type Extent, readLine, readLines } from './line-reader.ts'
import type { AppendRequest, AppendResult, LedgerStat, LedgerState } from './ports.ts'
import { closedForNow } from './closed-for-now.ts'
import { cursorAhead, endUnknown } from './cursor-ahead.ts'
import { DamageWatch } from './damage-watch.ts'
import { refusalToBegin } from './refusal-to-open.ts'
import { brokenError, stopFactsOf, stoppedError } from './stop.ts'
import { seqAtTime } from './time-search.ts'

export interface HeldLedgerParts {
  readonly ledger: string
  readonly schema: LedgerSchema
  /** The schema as it stands on record, or is about to; undefined where versions are not recorded. */
  readonly recorded: RecordedSchema | undefined
  readonly store: LedgerStore
  /** Opens the storage anew, after a full disk. */
  readonly reopen: () => Promise<LedgerStore>
  /** Finds out again what may be written, and begins or stops: the disk may have been full before that was known. */
  readonly settle: (held: HeldLedger, store: LedgerStore) => Promise<void>
  readonly limits: Limits
  readonly nowMs: () => number
  readonly buffers: GroupBuffers
  readonly requestRound: () => void
  /** Hands committed lines to those who listen, and says whether anyone may still hold them. */
  readonly publish: (run: CommittedRun) => 'held' | 'free'
  readonly onStopped: (ledger: string, stop: StopSignal) => void
  readonly onWarning: (ledger: string, sentence: string) => void
  /** Runs a task after a while; returns its cancellation. For the index, which is written behind. */
  readonly later: (delayMs: number, task: () => void) => () => void
}

export class HeldLedger {
  readonly #parts: HeldLedgerParts
  readonly #closing: AbortController = new AbortController()
  #store: LedgerStore
  /** From closing the storage until it could be opened anew: its descriptors may be another file's by now. */
  #isShut = false
  /** Set while the storage is opened anew; reads wait for it. */
  #reopening: Promise<void> | undefined
  #appender: Appender | undefined
  #head: HeadFile | undefined
  /** Undefined where each group waits for its head record. */
  #trailing: TrailingHead | undefined
  #learned: LearnedRules | undefined
  #late: Promise<Appender> | undefined
  #epoch = 0
  #profile = ''
  /** The late beginning was tried. */
  #hasBegun = false
  #state: LedgerState = 'opening'
  #stop: StopSignal | undefined
  /** Committed and right: the extent of reads. */
  #count: number
  #bytes: number
  /** Lines before the first wrong one; set once damage is known. */
  #wrongFrom: number | undefined
  #keeper: IndexKeeper
  readonly #damage: DamageWatch
  #opening: Promise<void> | undefined

  constructor(parts: HeldLedgerParts) {
    this.#parts = parts
    this.#store = parts.store
    this.#keeper = this.#newKeeper()
    this.#count = parts.store.count
    this.#bytes = parts.store.bytes
    this.#damage = new DamageWatch({
      store: () => this.#store,
      flushIndex: () => this.#keeper.flush(),
      closing: this.#closing.signal,
      onWrong: (seq) =>
        this.stop(
          new StopSignal('acknowledged-damaged', `line ${seq + 1} (seq ${seq}) is not what was committed`),
          seq,
        ),
      onUnread: this.#warning('its lines could not be looked through'),
    })
  }

  /** Aborts when the ledger is being closed; long work at opening looks at it. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** Work of the opening that goes on while reads are served; closing waits for it. */
  goOnOpening(work: Promise<void>): void {
    this.#opening = work
  }

  /**
   * Takes appends once it settles, in this writer profile. The tail is repaired first; an adopted file that has one is
   * not touched before its first append. A family with invariants learns the lines so far; until then reads are served.
   */
  async begin(profile: string): Promise<void> {
    this.#profile = profile
    const isReady = this.#store.hasHead || !this.#store.hasTail
    const head = isReady ? this.#repair() : undefined
    await this.#learnRules()
    if (this.#state !== 'opening') return
    this.#state = 'open'
    if (head !== undefined) this.#openAppender(head)
  }

  #repair(): HeadFile {
    const store = this.#store
    const head = store.begin()
    this.#count = store.index.count
    this.#bytes = store.index.bytes
    this.#epoch = head.record.epoch
    this.#head = head
    const [{ later }, isIdle] = [this.#parts, () => this.isIdle]
    this.#trailing = TrailingHead.of({ head, isIdle, later, onFailed: (stop) => this.stop(stop) })
    return head
  }

  /** Tells the family's invariants the lines they do not know yet. */
  async #learnRules(): Promise<void> {
    const { ledger, schema } = this.#parts
    if (schema.openRules === undefined) return
    this.#learned ??= new LearnedRules(schema.openRules({ ledger, profile: this.#profile }))
    await this.#learned.learn(() => this.#extent(), this.#closing.signal)
  }

  #openAppender(head: HeadFile): Appender {
    const profile = this.#profile
    const { ledger, schema, limits, nowMs, buffers, requestRound } = this.#parts
    const { index, file } = this.#store
    this.#appender = new Appender({
      ...{ ledger, schema, limits, nowMs, buffers, requestRound, index, file, head },
      writer: schema.openWriter({ ledger, profile }),
      rules: this.#learned?.rules,
      readLine: (seq) => readLine(this.#extent(), seq),
      onUnread: ({ message }) => this.#parts.onWarning(ledger, message),
      onCommitted: (run, records, peaks) => this.#onCommitted(run, records, peaks),
      onStopped: (stop) => this.stop(stop),
    })
    return this.#appender
  }

  /** No appends until an operator looked; `wrongFrom` is the first line that is not what was committed, if known. */
  stop(stop: StopSignal, wrongFrom?: number): void {
    if (wrongFrom !== undefined) this.#wrongFrom = Math.min(wrongFrom, this.#wrongFrom ?? wrongFrom)
    if (this.#state === 'stopped') return
    this.#state = 'stopped'
    this.#date(stop)
    this.#stop = stop
    this.#appender?.stop(stop)
    void this.#trailing?.end()
    this.#parts.onStopped(this.#parts.ledger, stop)
  }

  get stopSignal(): StopSignal | undefined {
    return this.#stop
  }

  get isIdle(): boolean {
    return (this.#appender?.isIdle ?? true) && this.#late === undefined && this.#state !== 'opening'
  }

  get lineCount(): number {
    return this.#count
  }

  get isOpening(): boolean {
    return this.#state === 'opening'
  }

  append(request: AppendRequest): Promise<AppendResult> {
    if (this.#stop !== undefined) throw stoppedError(this.#parts.ledger, this.#stop, 'absent')
    if (this.#state !== 'open')
      throw new LedgerError('BUSY', `${this.#parts.ledger} is opening; try again shortly`, { retryAfterMs: 200 })
    if (this.#appender !== undefined) return this.#appender.append(request)
    this.#late ??= this.#beginLate()
      .catch((error: unknown) => {
        throw refusalToBegin(error, this.#parts, (stop) => this.stop(stop))
      })
      .finally(() => (this.#late = undefined))
    return this.#late.then((appender) => appender.append(request))
  }

  /** The first append to an adopted file with a tail; what the repair keeps is published. */
  async #beginLate(): Promise<Appender> {
    // How far an attempt came that failed is not known: the storage is opened anew, which finishes any repair.
    if (this.#hasBegun) await this.reopen()
    if (this.#stop !== undefined) throw stoppedError(this.#parts.ledger, this.#stop, 'absent')
    if (this.#appender !== undefined) return this.#appender
    this.#hasBegun = true
    const before = this.#count
    const head = this.#repair()
    this.publishFrom(before)
    await this.#learnRules()
    return this.#openAppender(head)
  }

  /** Hands the lines from `seq` on to those who listen: a repair has kept them, or they came while nobody held the file. */
  publishFrom(seq: number): void {
    if (this.#count > seq) this.#publishKept(seq).catch(this.#warning('kept lines could not be published'))
  }

  async #publishKept(from: number): Promise<void> {
    this.#parts.publish(await readLines(this.#extent(), from, this.#bytes))
  }

  /** The next group, unless another program has taken the ledger meanwhile. */
  takeGroup(): SealedGroup | undefined {
    if (!this.#isLocked()) return undefined
    return this.#appender?.takeGroup()
  }

  /** Stops the ledger when another program has its visible lock: whoever respects no other lock will write. */
  #isLocked(): boolean {
    try {
      if (this.#isShut || this.#store.lock.check() === 'held') return true
      this.stop(new StopSignal('lock-taken', 'another program has taken the visible lock of this ledger'))
    } catch (error) {
      // Whether it was taken cannot be known: nothing is written.
      this.stop(stopOf('write-failed', error))
    }
    return false
  }

  /** The visible lock was lost while nobody wrote: what the next write would find is looked at now. */
  #lookAtLock(): void {
    if (this.#state !== 'open' || !this.#isLocked() || !this.isIdle) return
    try {
      this.#store.file.assertUntouched()
      this.#head?.assertOwned()
    } catch (error) {
      this.stop(stopOf('file-replaced', error))
    }
  }

  committed(run: CommittedRun): void {
    this.#appender?.committed(run)
    if (this.#store.file.wasTouched) this.lookInBackground()
  }

  failed(stop: StopSignal): void {
    this.#date(stop)
    this.#appender?.failed(stop)
  }

  /** Before anybody is told of the stop. */
  #date(stop: StopSignal): void {
    stop.sinceMs ??= this.#parts.nowMs()
  }

  stat(): LedgerStat {
    const { ledger, schema, recorded } = this.#parts
    const store = this.#store
    const isSettled = this.#appender?.isIdle ?? true
    const root =
      isSettled && this.#state !== 'opening'
        ? `sha256:${Buffer.from(store.index.edge.root()).toString('hex')}`
        : undefined
    const [size, bytes, state, reason] = [this.#count, this.#bytes, this.#state, this.#stop?.reason]
    return {
      ...{ ledger, size, bytes, root, epoch: this.#epoch, state, reason, schema: schema.name, profile: this.#profile },
      ...(this.#stop === undefined ? {} : { stop: stopFactsOf(this.#stop) }),
      ...(recorded === undefined ? {} : { schemaVersion: recorded.version, schemaDigest: recorded.digest }),
    }
  }

  /** The first line that is not earlier than this time. */
  async seqAt(timeMs: number): Promise<number> {
    return await seqAtTime(timeMs, this.#count, this.#parts.schema, (seq) => readLine(this.#extent(), seq))
  }

  async read(from: number, bytesMax: number, into?: Buffer): Promise<CommittedRun> {
    await Promise.allSettled([this.#reopening])
    if (this.#state === 'closed' || this.#isShut) throw closedForNow(this.#parts.ledger)
    if (this.#store.file.isTouched()) await this.lookForDamage()
    if (this.#stop !== undefined && this.#wrongFrom !== undefined && from >= this.#wrongFrom)
      throw brokenError(this.#parts.ledger, this.#wrongFrom, this.#stop)
    if (from > this.#count) throw cursorAhead(from, await this.end())
    return await readLines(this.#extent(), from, bytesMax, into)
  }

  /** How many lines there are. Throws BUSY or LEDGER_STOPPED while those above a head record that trails are not judged. */
  async end(): Promise<number> {
    await Promise.allSettled([this.#reopening])
    if (this.#head === undefined && this.#store.mayEndLater) throw endUnknown(this.#parts.ledger, this.#stop)
    return this.#count
  }

  async findEvent(id: string): Promise<number | undefined> {
    const { schema } = this.#parts
    const eventId = schema.identityOf?.(id) ?? id
    const store = this.#store
    for (const seq of store.index.candidates(eventId)) {
      if (seq >= this.#count) continue
      const line = await readLine(this.#extent(), seq)
      if (line !== undefined && schema.eventIdOf(line) === eventId) return seq
    }
    return undefined
  }

  /** Stops the ledger at the first line that is not what was committed. */
  lookForDamage(): Promise<void> {
    return this.#damage.look()
  }

  /** The same while nobody waits for it: a disk that cannot be read now is a warning, and is looked at with the next read. */
  lookInBackground(): void {
    this.#damage.lookInBackground()
  }

  /** After a full disk: recovery again, as at a start. Followers stay; lines kept by the repair reach them as published. */
  reopen(): Promise<void> {
    this.#reopening ??= this.#openAgain().finally(() => {
      this.#reopening = undefined
    })
    return this.#reopening
  }

  async #openAgain(): Promise<void> {
    await this.#damage.whenIdle()
    this.#keeper.flush()
    await this.#trailing?.end()
    this.#trailing = undefined
    this.#head?.close()
    this.#head = undefined
    this.#isShut = true
    await this.#store.close()
    this.#store = await this.#parts.reopen()
    this.#isShut = false
    this.#keeper = this.#newKeeper()
    const before = this.#count
    this.#state = 'opening'
    this.#stop = undefined
    this.#learned = undefined
    if (this.#store.stop !== undefined) return this.stop(this.#store.stop, this.#store.count)
    await this.#parts.settle(this, this.#store)
    if (this.#count > before) await this.#publishKept(before)
  }

  /** Writes the index behind, gives the file and the locks back. */
  async close(): Promise<void> {
    this.#closing.abort()
    // Whoever waits for the opening was told why it failed.
    await Promise.allSettled([this.#opening])
    await this.#appender?.whenIdle()
    this.#state = 'closed'
    await this.#damage.whenIdle()
    await Promise.allSettled([this.#reopening])
    this.#keeper.flush()
    try {
      await closeHead(this.#head, this.#trailing)
    } finally {
      await this.#store.close()
    }
  }

  #onCommitted(run: CommittedRun, records: Buffer, peaks: readonly Uint8Array[]): 'held' | 'free' {
    this.#count = run.from + run.count
    this.#bytes += run.bytes.length
    const isHeld = this.#parts.publish(run)
    this.#keeper.keep(records, peaks)
    this.#trailing?.note()
    return isHeld
  }

  #warning(what: string): (error: unknown) => void {
    return (error) => this.#parts.onWarning(this.#parts.ledger, `${what}: ${String(error)}`)
  }

  /** For the storage that is open now. */
  #newKeeper(): IndexKeeper {
    const { indexFile: file, index, lock } = this.#store
    lock.onLost = () => this.#lookAtLock()
    const onFailed = this.#warning('the index is not kept any more')
    return new IndexKeeper({ file, seed: index.seed, later: this.#parts.later, onFailed })
  }

  #extent(): Extent {
    if (this.#isShut) throw closedForNow(this.#parts.ledger)
    const { ledger } = this.#parts
    const { file, index, indexFile } = this.#store
    const isCut = this.#wrongFrom !== undefined && this.#wrongFrom < this.#count
    const count = isCut ? (this.#wrongFrom as number) : this.#count
    return { ledger, fd: file.readFd, index, count, bytes: isCut ? indexFile.endOf(count) : this.#bytes }
  }
}
