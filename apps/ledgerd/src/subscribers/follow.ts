// One follow stream: any number of ledgers, one credit. Each ledger is read from the file up to its head (backfill), then
// handed what is committed (cutover, live), without a gap or a repeat. Whoever cannot take a committed run at once leaves
// the live side, costs nothing while stuck, and comes back through the file. At most one window is in memory per stream.
import { LedgerError, formatError } from '@ledgerd/schema/errors'
import type { EndReason, FollowFrame, StreamStatus } from '@ledgerd/protocol'
import type { CommittedRun } from '../commit/committed-run.ts'
import type { Limits } from '../config.ts'
import type { Engine, StartAt } from '../engine/ports.ts'
import type { Log } from '../ops/log.ts'
import type { Metrics } from '../ops/metrics.ts'
import { Credit } from './credit.ts'
import type { FollowRoom } from './follow-room.ts'
import { FollowTargets } from './follow-targets.ts'
import { LedgerCursor } from './ledger-cursor.ts'
import { isContiguous, lineFilter, selectLines } from './line-filter.ts'
import type { LineFilter, SelectionLimits } from './line-filter.ts'
import { encodeHead } from './lines-head.ts'
import type { LinesHeads } from './lines-head.ts'
import type { ReadWindows } from './read-windows.ts'
import { cutRun, lineLengthAt, piecesOf, runWithin } from './run-cuts.ts'
import type { StreamSink } from './stream-sink.ts'

export interface FollowContext {
  readonly engine: Engine
  readonly limits: Limits
  readonly metrics: Metrics
  readonly log: Log
  /** Shared by all streams of the daemon. */
  readonly heads: LinesHeads
  /** Shared by all streams, too. */
  readonly room: FollowRoom
  readonly windows: ReadWindows
}

/** Lines of one filtered frame: their numbers must fit its header. */
const filteredLinesMax = 3000

export class Follow {
  readonly #frame: FollowFrame
  readonly #context: FollowContext
  readonly #sink: StreamSink
  readonly #onEnd: () => void
  readonly #filter: LineFilter | undefined
  readonly #credit: Credit
  readonly #targets: FollowTargets
  /** Cursors that have lines to read, in the order of their turns. */
  readonly #behind: LedgerCursor[] = []
  readonly #open = new Map<string, LedgerCursor>()
  /** Ledgers are opened one after the other, however many match. */
  #attaching: Promise<void> = Promise.resolve()
  /** Set while the next ledger waits for the peer to take what it was told. */
  #onRoom: (() => void) | undefined
  /** The first failure of a ledger; becomes the reason when no ledger is left. */
  #failure: LedgerError | undefined
  /** One pump runs at a time; only it takes cursors from `#behind`. */
  #isPumping = false
  #isEnded = false

  constructor(frame: FollowFrame, context: FollowContext, sink: StreamSink, onEnd: () => void) {
    this.#frame = frame
    this.#context = context
    this.#sink = sink
    this.#onEnd = onEnd
    this.#filter = lineFilter(frame.types, frame.link)
    this.#credit = new Credit(frame.credit, context.limits.creditBytesMax)
    this.#targets = new FollowTargets(frame, context.engine, context.limits.ledgersPerStreamMax)
  }

  /** Opens every ledger asked for. Throws REQUEST_INVALID at once when there are too many; later failures end the stream. */
  start(): void {
    this.#targets.start((ledger, from) => {
      this.#attaching = this.#attaching.then(() => this.#attach(ledger, from))
    })
    for (const ledger of this.#targets.awaited)
      this.#sink.send({ t: 'status', id: this.#frame.id, ledger, status: 'live', seq: 0, head: 0 })
    this.#context.metrics.count('streams_opened')
    this.#endIfNothingLeft()
  }

  grant(bytes: number): void {
    this.#credit.grant(bytes)
    this.wake()
  }

  /** Granted and not used yet; none while a single line longer than the whole credit is on its way. */
  get creditBytes(): number {
    return Math.max(0, this.#credit.availableBytes)
  }

  /** The outbox has room again, or credit came: goes on where it stopped. */
  wake(): void {
    if (this.#sink.isWritable) this.#onRoom?.()
    if (this.#isPumping || this.#isEnded) return
    this.#isPumping = true
    void this.#pump()
  }

  /** Tells a filtered stream's peer how far lines that did not match have taken it. Called once per heartbeat. */
  announceSkipped(): void {
    for (const cursor of this.#open.values()) if (cursor.unannouncedBytes > 0) this.#sendSkip(cursor)
  }

  /** Ends the stream with a frame that says why. */
  end(reason: EndReason, error?: LedgerError): void {
    if (this.#isEnded) return
    this.dispose()
    const problem = error === undefined ? {} : { error: formatError(error) }
    this.#sink.send({ t: 'end', id: this.#frame.id, reason, ...problem })
    this.#onEnd()
  }

  /** Lets go of everything without a word; the connection is gone. */
  dispose(): void {
    this.#isEnded = true
    this.#targets.stop()
    for (const cursor of this.#open.values()) this.#close(cursor)
    this.#onRoom?.()
    this.#behind.length = 0
  }

  async #attach(ledger: string, from: StartAt): Promise<void> {
    // Each is told to the peer: one that takes nothing is told no more than its outbox holds.
    if (!this.#isEnded && !this.#sink.isWritable) await new Promise<void>((resolve) => (this.#onRoom = resolve))
    if (this.#isEnded) return
    try {
      this.#targets.assertRoom(this.#open.size)
      const reader = await this.#context.engine.reader(ledger)
      const seq = await reader.resolve(from)
      if (this.#isEnded) return
      const endAt = this.#frame.live ? undefined : reader.stat().size
      this.#context.room.take()
      const cursor: LedgerCursor = new LedgerCursor(reader, ledger, seq, endAt, (run) => this.#onCommitted(cursor, run))
      this.#targets.settle(ledger)
      this.#open.set(ledger, cursor)
      if (!cursor.isAtHead) this.#sendStatus(cursor, 'catching-up')
      this.#requeue(cursor)
      this.wake()
    } catch (error) {
      this.#targets.settle(ledger)
      this.#fail(ledger, error)
    }
  }

  #close(cursor: LedgerCursor): void {
    cursor.close()
    this.#open.delete(cursor.ledger)
    this.#context.room.giveBack()
  }

  async #pump(): Promise<void> {
    for (let cursor = this.#take(); cursor !== undefined; cursor = this.#take()) {
      try {
        await this.#advance(cursor)
      } catch (error) {
        this.#fail(cursor.ledger, error)
      }
    }
    this.#isPumping = false
  }

  /** The next cursor whose turn it is, if the peer can take what it would read. */
  #take(): LedgerCursor | undefined {
    if (this.#isEnded || !this.#sink.isWritable || !this.#credit.isEnoughFor(this.#context.limits.lineBytesMax + 1))
      return undefined
    const mustWait = this.#behind[0]?.needsWholeCredit === true && !this.#credit.isWhole
    return mustWait ? undefined : this.#behind.shift()
  }

  /** One window from the file: read, send, and on to the end of the line, or live. */
  async #advance(cursor: LedgerCursor): Promise<void> {
    const { windows } = this.#context
    const window = windows.take()
    const giveBack = (): void => windows.giveBack(window)
    const isOnItsWay = await this.#sendWindow(cursor, window, giveBack)
    if (!isOnItsWay) giveBack()
  }

  /** False when nothing was sent that lies in `window`. */
  async #sendWindow(cursor: LedgerCursor, window: Buffer, onTaken: () => void): Promise<boolean> {
    const { readWindowBytes, batchBytesMax } = this.#context.limits
    const singleBytesMax = this.#credit.isWhole ? batchBytesMax : 0
    const heldBytes = Math.min(readWindowBytes, this.#credit.availableBytes)
    this.#credit.hold(heldBytes)
    let run: CommittedRun
    try {
      const bytesMax = this.#filter === undefined ? heldBytes : readWindowBytes
      run = await cursor.reader.read(cursor.seq, bytesMax, window)
    } finally {
      this.#credit.release(heldBytes)
    }
    if (this.#isEnded) return false
    if (run.count === 0 && !cursor.isAtHead) throw new LedgerError('INTEGRITY_BROKEN', 'committed lines cannot be read')
    const bounded = cursor.endAt === undefined ? run : cutRun(run, cursor.endAt)
    const room = {
      bytesMax: heldBytes,
      singleBytesMax: Math.max(heldBytes, singleBytesMax),
      linesMax: filteredLinesMax,
    }
    const isOnItsWay =
      this.#filter === undefined
        ? this.#deliverWindow(cursor, bounded, room, onTaken)
        : this.#deliverMatches(cursor, bounded, this.#filter, room, onTaken)
    this.#requeue(cursor)
    return isOnItsWay
  }

  /** In several frames: the peer is at the first while the next arrive. False when nothing was sent. */
  #deliverWindow(cursor: LedgerCursor, window: CommittedRun, room: SelectionLimits, onTaken: () => void): boolean {
    if (window.count === 0) return false
    const whole = runWithin(window, room)
    if (whole.count === 0) {
      this.#postpone(cursor, lineLengthAt(window, window.from))
      return false
    }
    const runs = piecesOf(whole, this.#context.limits.linesFrameBytesMax)
    for (const [at, run] of runs.entries()) {
      const { ledger, from, count, bytes } = run
      const next = from + count
      const head = encodeHead({ t: 'lines', id: this.#frame.id, ledger, from, n: count, next })
      this.#sendLines(cursor, head, bytes, count, next, at === runs.length - 1 ? onTaken : undefined)
    }
    return true
  }

  /** False when nothing was sent. */
  #deliverMatches(
    cursor: LedgerCursor,
    run: CommittedRun,
    filter: LineFilter,
    room: SelectionLimits,
    onTaken?: () => void,
  ): boolean {
    const found = selectLines(run, filter, (line) => cursor.reader.routeOf(line), room)
    if (found.seqs.length > 0) {
      const from = found.seqs[0] ?? run.from
      const seqs = isContiguous(found.seqs) ? {} : { seqs: found.seqs }
      const { id } = this.#frame
      const head = encodeHead({
        t: 'lines',
        id,
        ledger: run.ledger,
        from,
        n: found.seqs.length,
        next: found.next,
        ...seqs,
      })
      this.#sendLines(cursor, head, found.bytes, found.seqs.length, found.next, onTaken)
      return true
    }
    const isMoved = found.next > cursor.seq
    cursor.seq = found.next
    if (found.isCutShort) this.#postpone(cursor, lineLengthAt(run, found.next))
    if (!isMoved) return false
    cursor.unannouncedBytes += run.bytes.length
    if (!cursor.isLive || cursor.unannouncedBytes >= this.#context.limits.readWindowBytes) this.#sendSkip(cursor)
    return false
  }

  /** A line that does not fit waits for the whole credit; one that fits no frame at all is passed over, and said so. */
  #postpone(cursor: LedgerCursor, lineBytes: number): void {
    if (lineBytes <= this.#context.limits.batchBytesMax) {
      cursor.needsWholeCredit = true
      return
    }
    const { id } = this.#frame
    const { seq, ledger } = cursor
    cursor.seq += 1
    this.#sink.send({ t: 'status', id, ledger, status: 'gap', seq, head: cursor.seq, reason: 'line-too-long' })
  }

  #sendLines(
    cursor: LedgerCursor,
    head: Uint8Array,
    body: Uint8Array,
    count: number,
    next: number,
    onTaken?: () => void,
  ): void {
    this.#credit.spend(body.length)
    this.#sink.sendEncoded(head, body, onTaken)
    cursor.seq = next
    cursor.needsWholeCredit = false
    cursor.unannouncedBytes = 0
    this.#context.metrics.count('lines_published', count)
    this.#context.metrics.count('bytes_published', body.length)
  }

  #sendSkip(cursor: LedgerCursor): void {
    cursor.unannouncedBytes = 0
    this.#sink.send({ t: 'skip', id: this.#frame.id, ledger: cursor.ledger, next: cursor.seq })
  }

  /** Back into the queue, or live, or done. */
  #requeue(cursor: LedgerCursor): void {
    if (!cursor.isAtHead) {
      this.#behind.push(cursor)
    } else if (cursor.endAt !== undefined) {
      this.#close(cursor)
      this.#endIfNothingLeft()
    } else {
      cursor.isLive = true
      this.#sendStatus(cursor, 'live')
    }
  }

  /** Called in the turn of the commit, for every live stream. */
  #onCommitted(cursor: LedgerCursor, run: CommittedRun): void {
    const next = run.from + run.count
    if (next <= cursor.seq) return
    const bytesMax = this.#credit.availableBytes
    if (run.from !== cursor.seq || run.bytes.length > bytesMax || !this.#sink.isWritable)
      return this.#fallBehind(cursor, run)
    if (this.#filter !== undefined) {
      this.#deliverMatches(cursor, run, this.#filter, {
        bytesMax,
        singleBytesMax: bytesMax,
        linesMax: filteredLinesMax,
      })
      if (cursor.seq < next) this.#fallBehind(cursor, run)
      return
    }
    this.#sendLines(cursor, this.#context.heads.headOf(run, this.#frame.id), run.bytes, run.count, next)
  }

  #fallBehind(cursor: LedgerCursor, run: CommittedRun): void {
    cursor.isLive = false
    this.#context.metrics.count('fell_behind')
    this.#sendStatus(cursor, 'fell-behind', { head: run.from + run.count, lagBytes: run.bytes.length })
    this.#behind.push(cursor)
    this.wake()
  }

  #sendStatus(
    cursor: LedgerCursor,
    status: StreamStatus,
    more: { head?: number; lagBytes?: number; reason?: string } = {},
  ): void {
    const { ledger, seq, head } = cursor
    this.#sink.send({ t: 'status', id: this.#frame.id, ledger, status, seq, head: Math.max(head, seq), ...more })
  }

  /** One ledger failed: the others go on. The stream ends when it was the last. */
  #fail(ledger: string, cause: unknown): void {
    if (this.#isEnded) return
    const error =
      cause instanceof LedgerError ? cause : new LedgerError('INTERNAL', 'reading failed; the log says why', { cause })
    if (error.code === 'INTERNAL') this.#context.log.error('a stream failed', { ledger, cause: String(cause) })
    this.#context.metrics.countError(error.code)
    const cursor = this.#open.get(ledger)
    if (cursor !== undefined) this.#close(cursor)
    if (!this.#targets.isSingle) {
      const seq = cursor?.seq ?? 0
      const { id } = this.#frame
      this.#sink.send({
        t: 'status',
        id,
        ledger,
        status: 'closed',
        seq,
        head: Math.max(seq, cursor?.head ?? 0),
        reason: reasonOf(error),
      })
    }
    this.#failure ??= error
    this.#endIfNothingLeft()
  }

  #endIfNothingLeft(): void {
    if (this.#isEnded || this.#open.size > 0 || !this.#targets.isExhausted) return
    if (this.#failure === undefined) this.end('done')
    else this.end(reasonOf(this.#failure), this.#failure)
  }
}

function reasonOf(error: LedgerError): EndReason {
  if (error.code === 'CURSOR_AHEAD') return 'cursor-ahead'
  if (error.code === 'CURSOR_GONE') return 'cursor-gone'
  return error.code === 'FORBIDDEN' ? 'denied' : 'error'
}
