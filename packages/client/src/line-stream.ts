// One follow stream: lines by credit, resumed after a cut exactly behind the last line received. It ends by reaching the
// head (unless live), by its caller, or with an error that no retry cures.
import { isWildcard } from '@ledgerd/protocol'
import type { DaemonFrame, EndFrame, ReceiptsFrame, StatusFrame, StreamStart } from '@ledgerd/protocol'
import { LedgerError, parseError } from '@ledgerd/schema'
import type { ErrorDocument } from '@ledgerd/schema'
import { backOffMs } from './back-off.ts'
import type { Connection, ConnectionUser, Cut, FrameReceiver } from './connection.ts'
import { Cursors } from './cursors.ts'
import { StatusFeed } from './follow-status.ts'
import type { FollowStatus } from './follow-status.ts'
import { LineBuffer } from './line-buffer.ts'
import type { Line } from './line-buffer.ts'
import type { Platform } from './platform.ts'
import { creationPollMsMax } from './settings.ts'
import type { Settings } from './settings.ts'

export interface StreamOptions {
  readonly ledgers: readonly string[]
  readonly from: StreamStart
  readonly cursors: Readonly<Record<string, number>>
  readonly isLive: boolean
  readonly types: readonly string[] | undefined
  readonly link: string | undefined
  readonly signal: AbortSignal | undefined
  /** Without a line for so long while there is no connection, a stream that is not live gives up. */
  readonly deadlineMs: number
}

type State = 'new' | 'running' | 'ended'

export class LineStream implements ConnectionUser, FrameReceiver {
  readonly statuses: StatusFeed = new StatusFeed()
  readonly #options: StreamOptions
  readonly #connection: Connection
  readonly #platform: Platform
  readonly #settings: Settings
  readonly #onClose: (stream: LineStream) => void
  readonly #cursors: Cursors
  readonly #buffer: LineBuffer
  #state: State = 'new'
  /** Why it ended, if not well; thrown once the buffered lines are taken. */
  #error: LedgerError | undefined
  #farewell: FollowStatus | undefined
  /** Request id on the connection as it is now; undefined while the daemon does not know of the stream. */
  #id: number | undefined
  /** Taken, and not granted back yet. */
  #owedBytes = 0
  #isLiveNow = false
  #attempt = 0
  /** The newest status by ledger since the last cut, so that the daemon's repetitions are not passed on. */
  readonly #said = new Map<string, string>()
  #hasBeenLive = false
  #onReadable: (() => void)[] = []
  #cancelRetry: (() => void) | undefined
  #cancelDeadline: (() => void) | undefined
  readonly #onAbort = (): void => this.#abort()

  constructor(
    options: StreamOptions,
    connection: Connection,
    platform: Platform,
    settings: Settings,
    onClose: (stream: LineStream) => void,
  ) {
    this.#options = options
    this.#connection = connection
    this.#platform = platform
    this.#settings = settings
    this.#buffer = new LineBuffer(platform)
    this.#onClose = onClose
    this.#cursors = new Cursors(
      options.from,
      options.cursors,
      options.types !== undefined || options.link !== undefined,
    )
  }

  /** Begins; later calls do nothing. */
  open(): void {
    if (this.#state !== 'new') return
    this.#state = 'running'
    const { signal } = this.#options
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (signal?.aborted === true) return this.#abort()
    this.statuses.emit({ status: 'connecting' })
    this.#startDeadline()
    this.#connection.attach(this)
    if (this.#connection.isOpen) this.onOpen()
  }

  /** The next line received; undefined if there is none now. Throws what the stream ended with, behind the last line. */
  take(): Line | undefined {
    let line: Line | undefined
    try {
      line = this.#buffer.take()
    } catch (error) {
      if (error instanceof LedgerError) this.fail(error)
      throw error
    }
    if (line === undefined) {
      if (this.#state === 'ended') this.#sayFarewell()
      if (this.#error !== undefined) throw this.#error
      if (!this.#isLiveNow) this.#grant()
      return undefined
    }
    this.#owedBytes += line.line.length + 1
    if (this.#owedBytes >= this.#settings.creditBytes >> 2) this.#grant()
    return line
  }

  /** Resolves when `take` has something to say; false if there will be nothing more. */
  whenReadable(): Promise<boolean> {
    if (this.#buffer.bytes > 0) return Promise.resolve(true)
    if (this.#state === 'ended') return this.#error === undefined ? Promise.resolve(false) : Promise.reject(this.#error)
    return new Promise<void>((resolve) => this.#onReadable.push(resolve)).then(() => this.whenReadable())
  }

  /** The reader leaves. */
  stop(): void {
    this.#buffer.clear()
    this.#end('done', undefined)
    this.#sayFarewell()
  }

  /** Ends with an error and drops what was not taken. */
  fail(error: LedgerError): void {
    this.#buffer.clear()
    this.#end('error', error)
    this.#sayFarewell()
  }

  /** The handle it belongs to is closed. */
  closeByOwner(): void {
    if (this.#options.isLive) this.#end('aborted', undefined)
    else this.fail(new LedgerError('CLOSED', 'the ledger was closed while it was being read'))
  }

  onOpen(): void {
    if (this.#id !== undefined || this.#state !== 'running') return
    this.#cancelRetry?.()
    const { ledgers, isLive, types, link } = this.#options
    const id = this.#connection.claimId(this)
    this.#id = id
    this.#owedBytes = 0
    const { all, isEmpty } = this.#cursors
    this.#connection.send({
      t: 'follow',
      id,
      ledgers,
      from: this.#resumeStart(),
      ...(isEmpty ? {} : { cursors: all }),
      live: isLive,
      ...(types === undefined ? {} : { types }),
      ...(link === undefined ? {} : { link }),
      credit: Math.max(0, this.#settings.creditBytes - this.#buffer.bytes),
    })
  }

  onCut({ cause, attempt, retryInMs }: Cut): void {
    this.#detachRequest()
    this.#startDeadline()
    this.statuses.emit({ status: 'reconnecting', attempt, retryInMs, cause })
  }

  onRefused(error: LedgerError): void {
    this.#detachRequest()
    this.#end(error.code === 'FORBIDDEN' || error.code === 'UNAUTHENTICATED' ? 'denied' : 'error', error)
  }

  onFrame(header: Exclude<DaemonFrame, ReceiptsFrame>, body: Uint8Array): void {
    if (this.#state !== 'running') return
    try {
      this.#accept(header, body)
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      this.#end('error', error)
    }
  }

  #accept(header: Exclude<DaemonFrame, ReceiptsFrame>, body: Uint8Array): void {
    switch (header.t) {
      case 'lines':
        this.#cursors.advance(header)
        this.#makeProgress()
        this.#buffer.push(header, body)
        return this.#wake()
      case 'skip':
        this.#makeProgress()
        return this.#cursors.skip(header.ledger, header.next)
      case 'status':
        return this.#hear(header)
      case 'end':
        return this.#finish(header)
      case 'error':
        return this.#retryOrFail(header.error, 'error')
      default:
        throw new LedgerError('FRAME_INVALID', `${header.t} frame on a stream`)
    }
  }

  #hear(frame: StatusFrame): void {
    const { ledger, status, seq, head } = frame
    if (status === 'gap') {
      this.#cursors.gap(ledger, seq, head)
      return this.statuses.emit({ status, ledger, from: seq, to: head, reason: frame.reason ?? 'unknown' })
    }
    if (status === 'closed') {
      return this.statuses.emit({ status, ledger, reason: frame.reason ?? 'error' })
    }
    this.#makeProgress()
    this.#cursors.learn(ledger, seq)
    this.#isLiveNow = status === 'live'
    if (status === 'live') this.#hasBeenLive = true
    else this.#grant()
    if (this.#said.get(ledger) === status) return
    this.#said.set(ledger, status)
    if (status === 'fell-behind') {
      this.statuses.emit({ status, ledger, seq, head, lagLines: head - seq, lagBytes: frame.lagBytes ?? 0 })
    } else {
      this.statuses.emit({ status, ledger, seq, head })
    }
  }

  #finish({ reason, error }: EndFrame): void {
    this.#detachRequest()
    if (reason === 'done' || reason === 'stopped') return this.#end('done', undefined)
    const { ledgers } = this.#options
    const fallback: ErrorDocument = {
      code: reason === 'draining' ? 'DRAINING' : endCodes[reason],
      message: `the daemon ended the stream of ${ledgers.join(', ')}: ${reason}`,
      retryable: false,
    }
    this.#retryOrFail(error ?? fallback, reason)
  }

  /** What may pass is tried again: a live stream for as long as it takes, another one until its deadline. */
  #retryOrFail(document: ErrorDocument, reason: string): void {
    const cause = parseError(document)
    this.#detachRequest()
    const isAwaited = this.#awaitsCreation(cause)
    if (!cause.retryable && !isAwaited) return this.#end(reason, cause)
    this.#attempt += 1
    const random = this.#platform.random()
    const backOff = backOffMs(this.#attempt, this.#settings, random, cause.retryAfterMs)
    const retryInMs = isAwaited ? Math.min(backOff, creationPollMsMax) : backOff
    this.#startDeadline(cause)
    this.statuses.emit({ status: 'reconnecting', attempt: this.#attempt, retryInMs, cause })
    this.#cancelRetry = this.#platform.startTimer(() => {
      if (this.#connection.isOpen) this.onOpen()
    }, retryInMs)
  }

  /**
   * A live stream of one ledger that is not there yet waits for its first line, wherever it was to start: there is
   * nothing to pass over. A cursor behind lines says that the ledger must exist, so that its absence is an error.
   */
  #awaitsCreation(cause: LedgerError): boolean {
    const { isLive, ledgers, from } = this.#options
    const [ledger = ''] = ledgers
    if (cause.code !== 'LEDGER_NOT_FOUND' || !isLive || ledgers.length > 1) return false
    if ((this.#cursors.expected(ledger) ?? 0) > 0) return false
    if (typeof from !== 'object') this.#cursors.learn(ledger, 0)
    return true
  }

  /**
   * A ledger that shows up while the connection is cut is new to a stream that was live, so it starts at its first line.
   * KNOWN GAP: a cut before the first `live` of a pattern that starts at the end starts again at the end.
   */
  #resumeStart(): StreamStart {
    const { from, ledgers } = this.#options
    return this.#hasBeenLive && ledgers.some(isWildcard) ? 'start' : from
  }

  #makeProgress(): void {
    this.#attempt = 0
    this.#cancelDeadline?.()
    this.#cancelDeadline = undefined
  }

  #startDeadline(cause?: LedgerError): void {
    const { isLive, deadlineMs } = this.#options
    if (isLive || this.#cancelDeadline !== undefined) return
    this.#cancelDeadline = this.#platform.startTimer(() => {
      const reason = cause ?? this.#connection.lastCause
      const code = reason?.code ?? 'DEADLINE'
      this.#end('error', new LedgerError(code, `nothing to read within ${deadlineMs} ms`, { cause: reason }))
    }, deadlineMs)
  }

  #grant(): void {
    if (this.#id === undefined || this.#owedBytes === 0 || !this.#connection.isOpen) return
    this.#connection.send({ t: 'credit', id: this.#id, bytes: this.#owedBytes })
    this.#owedBytes = 0
  }

  #abort(): void {
    if (this.#options.isLive) {
      this.#buffer.clear()
      return this.#end('aborted', undefined)
    }
    const cause: unknown = this.#options.signal?.reason
    this.#buffer.clear()
    this.#end('aborted', new LedgerError('ABORTED', 'reading was aborted', { cause }))
  }

  #detachRequest(): void {
    if (this.#id !== undefined) this.#connection.releaseId(this.#id)
    this.#id = undefined
    this.#isLiveNow = false
    this.#said.clear()
  }

  #end(reason: string, error: LedgerError | undefined): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#error = error
    if (this.#id !== undefined && this.#connection.isOpen) this.#connection.send({ t: 'stop', id: this.#id })
    this.#detachRequest()
    this.#cancelRetry?.()
    this.#cancelDeadline?.()
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#connection.detach(this)
    this.#farewell = { status: 'closed', reason, ...(error === undefined ? {} : { error }) }
    if (this.#buffer.bytes === 0) this.#sayFarewell()
    this.#onClose(this)
    this.#wake()
  }

  /** Statuses end once the lines are taken: a line may still become a gap. */
  #sayFarewell(): void {
    if (this.#farewell !== undefined) this.statuses.end(this.#farewell)
  }

  #wake(): void {
    for (const wake of this.#onReadable.splice(0)) wake()
  }
}

const endCodes = {
  'cursor-ahead': 'CURSOR_AHEAD',
  'cursor-gone': 'CURSOR_GONE',
  denied: 'FORBIDDEN',
  error: 'INTERNAL',
} as const
