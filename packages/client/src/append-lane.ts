// The appends of one handle to one ledger, in call order: batched by the turn of the event loop and by size, several
// frames in flight, sent again with the same identities after a cut or a refusal that passes. Every draft settles exactly once,
// with its receipt or with an error whose outcome is true.
import { splitLines } from '@ledgerd/protocol'
import type { Ack, DaemonFrame, OutcomesFrame, ReceiptsFrame } from '@ledgerd/protocol'
import { LedgerError, parseError } from '@ledgerd/schema'
import { parseOutcome, textOf, withDoubt } from './append-outcome.ts'
import { backOffMs } from './back-off.ts'
import type { Connection, ConnectionUser, FrameReceiver } from './connection.ts'
import type { DraftBatch, PendingDraft } from './draft-batch.ts'
import { DraftQueue } from './draft-queue.ts'
import type { Submission } from './draft-queue.ts'
import type { Platform } from './platform.ts'
import { durabilityOf } from './receipt.ts'
import { batchLinesDefault } from './settings.ts'
import type { Settings } from './settings.ts'

export interface LaneCounts {
  appended: number
  duplicates: number
  refused: number
  lastSeq: number | undefined
}

type Answer = Exclude<DaemonFrame, ReceiptsFrame>

export class AppendLane implements ConnectionUser, FrameReceiver {
  readonly counts: LaneCounts = { appended: 0, duplicates: 0, refused: 0, lastSeq: undefined }
  readonly #ledger: string
  readonly #connection: Connection
  readonly #platform: Platform
  readonly #settings: Settings
  readonly #queue: DraftQueue
  /** Sent and not answered, in the order of sending. */
  readonly #inFlight = new Map<number, DraftBatch>()
  #pending = 0
  #isFlushDue = false
  /**
   * Frames of one run keep their order: the daemon admits none behind one that it refused for now (PROTOCOL.md §5). After
   * such a refusal it is undefined until everything in flight is answered, and the next frame begins another run.
   */
  #run: number | undefined
  /** Refusals in a row. While there are any, one frame at a time goes out: the daemon is asked, not flooded. */
  #refusals = 0
  #isStalled = false
  #stalledUntilMs = 0
  #cancelStall: (() => void) | undefined
  #cancelDeadline: (() => void) | undefined
  #deadlineAtMs = Number.POSITIVE_INFINITY
  #onIdle: (() => void)[] = []

  constructor(ledger: string, connection: Connection, platform: Platform, settings: Settings) {
    this.#ledger = ledger
    this.#connection = connection
    this.#platform = platform
    this.#settings = settings
    this.#queue = new DraftQueue(settings, () => this.#linesMax)
  }

  /** Drafts without an answer. */
  get pending(): number {
    return this.#pending
  }

  get heldBytes(): number {
    return this.#queue.heldBytes
  }

  /** Resolves when nothing is pending. */
  whenIdle(): Promise<void> {
    return this.#pending === 0 ? Promise.resolve() : new Promise((resolve) => this.#onIdle.push(resolve))
  }

  /** Takes one draft that may share a frame with others: the hot path. Throws QUEUE_FULL. */
  submitOne(text: string, draft: PendingDraft): void {
    this.#queue.addOne(text, draft)
    this.#admit(1, draft.deadlineAtMs)
  }

  /** Takes drafts that belong together. Throws QUEUE_FULL, BATCH_TOO_LARGE. */
  submit(submission: Submission): void {
    const { drafts } = submission
    if (drafts.length > this.#linesMax) {
      throw tooLarge(`${drafts.length} drafts are over the limit of ${this.#linesMax} in one call`)
    }
    this.#queue.add(submission)
    this.#admit(drafts.length, drafts[0]?.deadlineAtMs ?? Number.POSITIVE_INFINITY)
  }

  /** The caller gives drafts up. The outcome is `unknown` if they were sent, else they never will be. */
  abandon(drafts: readonly PendingDraft[], code: 'ABORTED' | 'CLOSED', sentence: string): void {
    const sent = this.#sentDrafts()
    for (const draft of drafts) {
      const outcome = draft.isUncertain || sent.has(draft) ? 'unknown' : 'absent'
      this.#reject(draft, new LedgerError(code, sentence, { outcome, details: { eventId: draft.eventId } }))
    }
    this.#afterSettling()
  }

  /** Gives up everything. */
  abandonAll(code: 'ABORTED' | 'CLOSED', sentence: string): void {
    this.abandon([...this.#allDrafts()], code, sentence)
    this.#cancelStall?.()
    this.#cancelDeadline?.()
  }

  onOpen(): void {
    this.#flush()
  }

  /** What was in flight is sent again first, in order: the daemon answers what it already has with the first receipt. */
  onCut(): void {
    const unanswered = [...this.#inFlight.values()]
    this.#inFlight.clear()
    for (const batch of unanswered) {
      this.#connection.releaseId(batch.id)
      for (const draft of batch.drafts) draft.isUncertain = true
    }
    this.#queue.putBack(unanswered)
    this.#resume()
    this.#restIfIdle()
  }

  onRefused(error: LedgerError): void {
    const sent = this.#sentDrafts()
    for (const draft of this.#allDrafts()) {
      const outcome = draft.isUncertain || sent.has(draft) ? 'unknown' : 'absent'
      this.#reject(draft, new LedgerError(error.code, textOf(error), { outcome, details: error.details, cause: error }))
    }
    this.#afterSettling()
  }

  onReceipts(ack: Ack, header: ReceiptsFrame, hashes: string, hashAt: number): void {
    const [id, firstSeq, n] = ack
    const batch = this.#answered(id, header.ledger, n)
    const durable = durabilityOf(header.durable)
    const ledger = this.#ledger
    let at = hashAt
    let seq = firstSeq
    for (const draft of batch.drafts) {
      if (!draft.isSettled) {
        this.#release(draft)
        const leafHash: `sha256:${string}` = `sha256:${hashes.slice(at, at + 64)}`
        draft.resolve({ ledger, seq, eventId: draft.eventId, leafHash, duplicate: false, durable, epoch: header.epoch })
      }
      at += 65
      seq += 1
    }
    this.counts.appended += n
    this.counts.lastSeq = seq - 1
    if (!this.#isStalled) this.#refusals = 0
    this.#afterSettling()
  }

  onFrame(header: Answer, body: Uint8Array): void {
    if (header.t === 'error' && header.id !== undefined) {
      const batch = this.#answered(header.id, this.#ledger, undefined)
      const error = parseError(header.error)
      for (const draft of batch.drafts) this.#refuse(draft, error)
      this.#settleAnswer(batch)
    } else if (header.t === 'outcomes') {
      const batch = this.#answered(header.id, header.ledger, header.n)
      this.#settleOutcomes(batch, splitLines(body, header.n), header)
      this.#settleAnswer(batch)
    } else {
      throw new LedgerError('FRAME_INVALID', `${header.t} frame in answer to an append`)
    }
  }

  /** The batch that an answer is for. Throws FRAME_INVALID if the answer does not fit it. */
  #answered(id: number, ledger: string, n: number | undefined): DraftBatch {
    const batch = this.#inFlight.get(id)
    if (batch === undefined || ledger !== this.#ledger || (n !== undefined && n !== batch.drafts.length)) {
      throw new LedgerError('FRAME_INVALID', `the answer to append ${id} does not fit the request`)
    }
    this.#inFlight.delete(id)
    this.#connection.releaseId(id)
    return batch
  }

  #settleOutcomes(batch: DraftBatch, lines: readonly Uint8Array[], by: Pick<OutcomesFrame, 'durable' | 'epoch'>): void {
    for (const [index, draft] of batch.drafts.entries()) {
      const outcome = parseOutcome(lines[index])
      if ('error' in outcome) {
        this.#refuse(draft, parseError(outcome.error))
        continue
      }
      const { seq, eventId, leafHash, duplicate } = outcome
      this.counts.appended += 1
      if (duplicate) this.counts.duplicates += 1
      this.counts.lastSeq = Math.max(seq, this.counts.lastSeq ?? 0)
      if (draft.isSettled) continue
      this.#release(draft)
      draft.resolve({
        ledger: this.#ledger,
        seq,
        eventId,
        leafHash: leafHash as `sha256:${string}`,
        duplicate,
        durable: durabilityOf(by.durable),
        epoch: by.epoch,
      })
    }
  }

  /** A refusal that passes is kept for another try; any other one is final. */
  #refuse(draft: PendingDraft, error: LedgerError): void {
    if (error.retryable) {
      draft.refusal = error
      this.#run = undefined
    } else this.#reject(draft, draft.isUncertain ? withDoubt(error) : error)
  }

  /** Drafts refused for now go again from the first of them on, once everything in flight is answered. */
  #settleAnswer(batch: DraftBatch): void {
    const retried = batch.drafts.filter((draft) => !draft.isSettled)
    if (retried.length > 0) {
      const floorMs = batch.drafts.reduce((floor, draft) => Math.max(floor, draft.refusal?.retryAfterMs ?? 0), 0)
      batch.retain((draft) => !draft.isSettled)
      this.#queue.putBack([batch])
      // What was only behind a refusal is no refusal more.
      if (!retried.every(({ refusal }) => refusal?.details['reason'] === 'out-of-turn')) this.#stall(floorMs)
    } else if (!this.#isStalled) {
      this.#refusals = 0
    }
    this.#afterSettling()
  }

  /** Refusals of several frames add up to the longest wait. */
  #stall(floorMs: number): void {
    this.#refusals += 1
    const nowMs = this.#platform.nowMs()
    const delayMs = backOffMs(this.#refusals, this.#settings, this.#platform.random(), floorMs)
    this.#stalledUntilMs = Math.max(this.#isStalled ? this.#stalledUntilMs : 0, nowMs + delayMs)
    this.#isStalled = true
    this.#cancelStall?.()
    this.#cancelStall = this.#platform.startTimer(() => this.#resume(), this.#stalledUntilMs - nowMs)
  }

  #resume(): void {
    this.#cancelStall?.()
    this.#cancelStall = undefined
    this.#isStalled = false
    this.#scheduleFlush()
  }

  #admit(count: number, deadlineAtMs: number): void {
    if (this.#pending === 0) this.#connection.attach(this)
    this.#pending += count
    this.#watch(deadlineAtMs)
    // The daemon works on the first frames while the rest of the turn is still being encoded.
    if (this.#queue.isHeadFull) this.#flush('full batches')
    this.#scheduleFlush()
  }

  get #linesMax(): number {
    return this.#connection.limits?.batchLinesMax ?? batchLinesDefault
  }

  #scheduleFlush(): void {
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    this.#platform.afterTurn(() => {
      this.#isFlushDue = false
      this.#flush()
    })
  }

  #flush(scope: 'all batches' | 'full batches' = 'all batches'): void {
    if (!this.#connection.isOpen || this.#isStalled) return
    if (this.#run === undefined && this.#inFlight.size > 0) return
    const framesMax = this.#refusals > 0 ? 1 : this.#settings.batchesInFlight
    while (this.#inFlight.size < framesMax) {
      const batch = scope === 'all batches' || this.#queue.isHeadFull ? this.#queue.next() : undefined
      if (batch === undefined) break
      this.#send(batch)
    }
    this.#restIfIdle()
  }

  #send(batch: DraftBatch): void {
    const { isAtomic, expect } = batch
    const id = this.#connection.claimId(this)
    // Named by its first request.
    this.#run ??= id
    try {
      this.#connection.send(
        {
          t: 'append',
          id,
          ledger: this.#ledger,
          n: batch.drafts.length,
          run: this.#run,
          ...(isAtomic ? { atomic: true } : {}),
          ...(expect === undefined ? {} : { expect }),
        },
        batch.body,
      )
    } catch (error) {
      // Too long for a frame: only these drafts are at fault.
      this.#connection.releaseId(id)
      const refusal = tooLarge(`${batch.length} bytes do not fit one frame`, error)
      for (const draft of batch.drafts) this.#reject(draft, refusal)
      this.#afterSettling()
      return
    }
    batch.id = id
    this.#inFlight.set(id, batch)
  }

  #reject(draft: PendingDraft, error: LedgerError): void {
    if (draft.isSettled) return
    this.counts.refused += 1
    this.#release(draft)
    draft.reject(error)
  }

  #release(draft: PendingDraft): void {
    this.#queue.release(draft)
    this.#pending -= 1
  }

  /** After anything settled: room for who waits, the next frame, or rest. */
  #afterSettling(): void {
    this.#queue.admitWaiting()
    if (!this.#queue.isEmpty) this.#scheduleFlush()
    this.#restIfIdle()
  }

  /** A frame whose callers all gave up still occupies the connection until it is answered or cut. */
  #restIfIdle(): void {
    if (this.#pending > 0) return
    if (this.#inFlight.size === 0) this.#connection.detach(this)
    const resolvers = this.#onIdle
    this.#onIdle = []
    for (const resolve of resolvers) resolve()
  }

  #watch(deadlineAtMs: number): void {
    if (deadlineAtMs >= this.#deadlineAtMs) return
    this.#deadlineAtMs = deadlineAtMs
    this.#cancelDeadline?.()
    const delayMs = Math.max(0, deadlineAtMs - this.#platform.nowMs())
    this.#cancelDeadline = this.#platform.startTimer(() => this.#expire(), delayMs, { isBackground: true })
  }

  #expire(): void {
    this.#deadlineAtMs = Number.POSITIVE_INFINITY
    const nowMs = this.#platform.nowMs()
    const sent = this.#sentDrafts()
    let nextAtMs = Number.POSITIVE_INFINITY
    for (const draft of this.#allDrafts()) {
      if (draft.isSettled) continue
      if (draft.deadlineAtMs > nowMs) nextAtMs = Math.min(nextAtMs, draft.deadlineAtMs)
      else this.#reject(draft, this.#deadlineError(draft, draft.isUncertain || sent.has(draft)))
    }
    if (nextAtMs !== Number.POSITIVE_INFINITY) this.#watch(nextAtMs)
    this.#afterSettling()
  }

  #deadlineError(draft: PendingDraft, isUnknown: boolean): LedgerError {
    const outcome = isUnknown ? 'unknown' : 'absent'
    const cause = draft.refusal ?? this.#connection.lastCause
    const details = { ...cause?.details, eventId: draft.eventId }
    const retryAfter = cause?.retryAfterMs === undefined ? {} : { retryAfterMs: cause.retryAfterMs }
    const code = draft.refusal?.code ?? (this.#connection.isOpen || cause === undefined ? 'DEADLINE' : 'UNREACHABLE')
    const sentence = `no receipt in time${cause === undefined ? '' : `: ${textOf(cause)}`}`
    return new LedgerError(code, sentence, { outcome, cause, details, ...retryAfter })
  }

  #sentDrafts(): ReadonlySet<PendingDraft> {
    const sent = new Set<PendingDraft>()
    for (const batch of this.#inFlight.values()) for (const draft of batch.drafts) sent.add(draft)
    return sent
  }

  *#allDrafts(): Generator<PendingDraft> {
    for (const batch of [...this.#inFlight.values()]) yield* batch.drafts
    yield* this.#queue.drafts()
  }
}

function tooLarge(sentence: string, cause?: unknown): LedgerError {
  return new LedgerError('BATCH_TOO_LARGE', sentence, { cause })
}
