// One WebSocket to one daemon, shared by every handle of the process that has the same address and token. It dials when
// somebody needs it, greets, keeps the heartbeat, routes frames to whoever asked, and comes back after a cut. It knows
// nothing of appends or streams: its users send again what was not answered.
import { closeCodes, decodeFrame, encodeFrame, errorOfClose } from '@ledgerd/protocol'
import type { Ack, ClientFrame, DaemonFrame, ReceiptsFrame, WelcomeFrame, WelcomeLimits } from '@ledgerd/protocol'
import { LedgerError, parseError } from '@ledgerd/schema'
import { backOffMs } from './back-off.ts'
import type { Endpoint, Platform, Socket, SocketEnd } from './platform.ts'
import { refusalOf } from './refusal.ts'
import { missedHeartbeatsMax } from './settings.ts'
import type { Settings } from './settings.ts'

/** The connection is gone and will be tried again in `retryInMs`. `attempt` counts from 1 since it last worked. */
export interface Cut {
  readonly cause: LedgerError
  readonly attempt: number
  readonly retryInMs: number
}

/** Somebody for whom the connection is kept up. Told of every change until it is detached. */
export interface ConnectionUser {
  /** Ready: send what is not answered yet. */
  onOpen(): void
  onCut(cut: Cut): void
  /** The daemon does not want this client; trying again would not help. */
  onRefused(error: LedgerError): void
}

/** Where the answers to one request id go. */
export interface FrameReceiver {
  onFrame(header: Exclude<DaemonFrame, ReceiptsFrame>, body: Uint8Array): void
  onReceipts?(ack: Ack, header: ReceiptsFrame, hashes: string, hashAt: number): void
}

export type ConnectionState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed'

export const clientName = '@ledgerd/client/0.1.0'
const ascii = new TextDecoder('latin1')

export class Connection {
  readonly #endpoint: Endpoint
  readonly #token: string | undefined
  readonly #platform: Platform
  readonly #settings: Settings
  readonly #users = new Set<ConnectionUser>()
  readonly #receivers = new Map<number, FrameReceiver>()
  #state: ConnectionState = 'idle'
  /** The socket in use. Events of any other socket are ignored. */
  #socket: Socket | undefined
  #limits: WelcomeLimits | undefined
  #lastId = 0
  /** Failed attempts since a frame behind welcome arrived. */
  #attempt = 0
  #reconnects = 0
  #lastCause: LedgerError | undefined
  /** What the daemon said about the connection before it closed it. */
  #parting: LedgerError | undefined
  #cancelTimer: (() => void) | undefined
  #silentIntervals = 0
  #hasSent = false

  constructor(endpoint: Endpoint, token: string | undefined, platform: Platform, settings: Settings) {
    this.#endpoint = endpoint
    this.#token = token
    this.#platform = platform
    this.#settings = settings
  }

  get state(): ConnectionState {
    return this.#state
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** What the daemon takes; undefined before the first welcome. */
  get limits(): WelcomeLimits | undefined {
    return this.#limits
  }

  get reconnects(): number {
    return this.#reconnects
  }

  /** Why there is no connection, if one was tried. */
  get lastCause(): LedgerError | undefined {
    return this.#lastCause
  }

  /** From now on the connection is kept up for `user`; if it is open, `user.onOpen` is the caller's to call. */
  attach(user: ConnectionUser): void {
    this.#users.add(user)
    if (this.#state === 'idle') this.#dial()
  }

  detach(user: ConnectionUser): void {
    this.#users.delete(user)
  }

  /** A fresh request id whose answers go to `receiver` until it is released. */
  claimId(receiver: FrameReceiver): number {
    this.#lastId += 1
    this.#receivers.set(this.#lastId, receiver)
    return this.#lastId
  }

  releaseId(id: number): void {
    this.#receivers.delete(id)
  }

  /** Only while open. Throws FRAME_INVALID if the frame is over the protocol's limits. */
  send(frame: ClientFrame, body?: Uint8Array): void {
    this.#hasSent = true
    this.#socket?.send(encodeFrame(frame, body))
  }

  /** For good. The caller has seen to it that there are no users left who wait. */
  close(): void {
    this.#cancelTimer?.()
    this.#state = 'closed'
    this.#socket?.close(closeCodes.done, 'done')
    this.#socket = undefined
  }

  #dial(): void {
    this.#state = 'connecting'
    this.#parting = undefined
    this.#silentIntervals = 0
    const { connectTimeoutMs } = this.#settings
    this.#setTimer(() => {
      this.#drop(new LedgerError('UNREACHABLE', `${this.#endpoint.key} gave no welcome within ${connectTimeoutMs} ms`))
    }, connectTimeoutMs)
    const socket: Socket = this.#platform.openSocket(this.#endpoint, this.#token, {
      onOpen: () => {
        if (this.#socket !== socket) return
        const inHello = this.#token !== undefined && !this.#platform.sendsAuthorization
        this.send({ t: 'hello', client: clientName, ...(inHello ? { token: this.#token } : {}) })
      },
      onMessage: (bytes) => {
        if (this.#socket === socket) this.#receive(bytes)
      },
      onEnd: (end) => {
        if (this.#socket === socket) this.#lose(this.#causeOf(end))
      },
    })
    this.#socket = socket
  }

  #receive(bytes: Uint8Array): void {
    this.#silentIntervals = 0
    try {
      const { header, body } = decodeFrame(bytes, { direction: 'from-daemon' })
      if (this.#state === 'open') this.#dispatch(header, body)
      else this.#greet(header)
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      this.#drop(error, closeCodes.frameInvalid)
    }
  }

  #greet(header: DaemonFrame): void {
    if (header.t === 'welcome') return this.#open(header)
    if (header.t === 'error') this.#parting = parseError(header.error)
    else throw new LedgerError('FRAME_INVALID', `${header.t} frame before welcome`)
  }

  #open(welcome: WelcomeFrame): void {
    this.#state = 'open'
    this.#limits = welcome.limits
    this.#lastCause = undefined
    this.#hasSent = true
    this.#beat(welcome.heartbeatMs)
    for (const user of [...this.#users]) user.onOpen()
  }

  #dispatch(header: DaemonFrame, body: Uint8Array): void {
    this.#attempt = 0
    if (header.t === 'receipts') return this.#dispatchReceipts(header, body)
    if (header.t === 'ping') return this.send({ t: 'pong' })
    if (header.t === 'pong') return
    if (header.t === 'welcome') throw new LedgerError('FRAME_INVALID', 'a second welcome frame')
    if (header.id === undefined) {
      if (header.t === 'error') this.#parting = parseError(header.error)
      return
    }
    this.#receivers.get(header.id)?.onFrame(header, body)
  }

  #dispatchReceipts(header: ReceiptsFrame, body: Uint8Array): void {
    const hashes = ascii.decode(body)
    let hashAt = 0
    for (const ack of header.acks) {
      const receiver = this.#receivers.get(ack[0])
      if (receiver !== undefined) {
        if (receiver.onReceipts === undefined) throw new LedgerError('FRAME_INVALID', 'receipts for no append')
        receiver.onReceipts(ack, header, hashes, hashAt)
      }
      hashAt += 65 * ack[2]
    }
  }

  /** Counts intervals, not milliseconds: a process that was stopped for a while does not take its daemon for dead. */
  #beat(heartbeatMs: number): void {
    this.#setTimer(
      () => {
        this.#silentIntervals += 1
        if (this.#silentIntervals >= missedHeartbeatsMax) {
          const silentMs = this.#silentIntervals * heartbeatMs
          return this.#drop(new LedgerError('UNREACHABLE', `${this.#endpoint.key} has been silent for ${silentMs} ms`))
        }
        if (!this.#hasSent) this.send({ t: 'ping' })
        this.#hasSent = false
        this.#beat(heartbeatMs)
      },
      heartbeatMs,
      { isBackground: true },
    )
  }

  /** Ends the socket from this side. */
  #drop(cause: LedgerError, closeCode?: number): void {
    const socket = this.#socket
    this.#lose(cause)
    if (closeCode === undefined) socket?.terminate()
    else socket?.close(closeCode, cause.code)
  }

  #lose(cause: LedgerError): void {
    this.#cancelTimer?.()
    if (this.#state === 'open') this.#reconnects += 1
    this.#socket = undefined
    this.#lastCause = cause
    if (!cause.retryable) return this.#refuse(cause)
    if (this.#users.size === 0) {
      this.#state = 'idle'
      return
    }
    this.#attempt += 1
    const retryInMs = backOffMs(this.#attempt, this.#settings, this.#platform.random(), cause.retryAfterMs)
    this.#state = 'waiting'
    const cut: Cut = { cause, attempt: this.#attempt, retryInMs }
    for (const user of [...this.#users]) user.onCut(cut)
    this.#setTimer(() => {
      if (this.#users.size > 0) this.#dial()
      else this.#state = 'idle'
    }, retryInMs)
  }

  #refuse(error: LedgerError): void {
    this.#state = 'idle'
    this.#attempt = 0
    for (const user of [...this.#users]) user.onRefused(error)
    // Whoever attached while being told starts the next try.
    if (this.#users.size > 0) this.#dial()
  }

  #causeOf(end: SocketEnd): LedgerError {
    if (this.#parting !== undefined) return this.#parting
    if (end.httpStatus !== undefined) return refusalOf(this.#endpoint.key, end.httpStatus, end.httpBody ?? '')
    const code = errorOfClose(end.closeCode)
    const said = end.reason === '' ? `closed with ${end.closeCode}` : end.reason.replace(`${code}: `, '')
    const sentence = code === 'UNREACHABLE' ? `no daemon at ${this.#endpoint.key}: ${said}` : said
    return new LedgerError(code, sentence, { cause: end.cause })
  }

  #setTimer(run: () => void, delayMs: number, options?: { isBackground: boolean }): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.#platform.startTimer(run, delayMs, options)
  }
}
