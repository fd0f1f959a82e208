// A platform whose clock, timers and sockets stand still until a test moves them.
import { decodeFrame, encodeFrame } from '@ledgerd/protocol'
import type { ClientFrame, DaemonFrame } from '@ledgerd/protocol'
import type { Platform, Socket, SocketEnd, SocketHandlers } from '../src/platform.ts'

interface Timer {
  readonly atMs: number
  readonly run: () => void
}

/** One dial: what the client sent on it, and the test's hand on the other end. */
export class ManualSocket implements Socket {
  readonly token: string | undefined
  readonly sent: ClientFrame[] = []
  readonly bodies: string[] = []
  closedWith: number | undefined
  isTerminated = false
  readonly #handlers: SocketHandlers

  constructor(token: string | undefined, handlers: SocketHandlers) {
    this.token = token
    this.#handlers = handlers
  }

  send(bytes: Uint8Array): void {
    const { header, body } = decodeFrame(bytes, { direction: 'from-client' })
    this.sent.push(header)
    this.bodies.push(new TextDecoder().decode(body))
  }

  close(closeCode: number): void {
    this.closedWith = closeCode
  }

  terminate(): void {
    this.isTerminated = true
  }

  /** Accepts the dial and greets. */
  welcome(heartbeatMs = 5000): void {
    this.#handlers.onOpen()
    const limits = {
      lineBytesMax: 65_535,
      batchBytesMax: 1 << 20,
      batchLinesMax: 8192,
      creditBytesMax: 1 << 20,
      depthMax: 64,
    }
    this.receive({ t: 'welcome', v: 1, daemon: 'manual/1', heartbeatMs, limits })
  }

  receive(frame: DaemonFrame, body = ''): void {
    this.#handlers.onMessage(encodeFrame(frame, new TextEncoder().encode(body)))
  }

  receiveBytes(bytes: Uint8Array): void {
    this.#handlers.onMessage(bytes)
  }

  end(end: SocketEnd = { closeCode: 1006, reason: '' }): void {
    this.#handlers.onEnd(end)
  }

  /** The appends sent: their place, from 1, and number of drafts. */
  get appends(): (readonly [nth: number, n: number])[] {
    const frames = this.sent.filter((frame) => frame.t === 'append')
    return frames.map((frame, index) => [index + 1, frame.n])
  }

  /** The request id of the nth append. */
  idOf(nth: number): number {
    return this.sent.filter((frame) => frame.t === 'append')[nth - 1]?.id ?? -1
  }

  /** Answers the nth append, of `n` drafts, with receipts from `seq`. */
  receipt(nth: number, seq: number, n: number, ledger = 'a'): void {
    const hashes = `${'0'.repeat(64)}\n`.repeat(n)
    this.receive({ t: 'receipts', ledger, epoch: 1, durable: 'fsync', acks: [[this.idOf(nth), seq, n]] }, hashes)
  }
}

export class ManualPlatform implements Platform {
  readonly sendsAuthorization: boolean
  readonly sockets: ManualSocket[] = []
  #nowMs = 0
  #timers: Timer[] = []
  #turn: (() => void)[] = []
  #idCount = 0

  constructor(options: { readonly sendsAuthorization?: boolean } = {}) {
    this.sendsAuthorization = options.sendsAuthorization ?? true
  }

  nowMs(): number {
    return this.#nowMs
  }

  startTimer(run: () => void, delayMs: number): () => void {
    const timer: Timer = { atMs: this.#nowMs + delayMs, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  afterTurn(run: () => void): void {
    this.#turn.push(run)
  }

  indexOfByte(bytes: Uint8Array, byte: number, from: number): number {
    return bytes.indexOf(byte, from)
  }

  random(): number {
    return 0.5
  }

  randomHex(bytes: number): string {
    let hex = ''
    while (hex.length < bytes * 2) {
      this.#idCount += 1
      hex += this.#idCount.toString(16).padStart(32, '0')
    }
    return hex.slice(0, bytes * 2)
  }

  defaultUrl(): string {
    return 'ws://manual'
  }

  defaultToken(): undefined {
    return undefined
  }

  openSocket(_endpoint: unknown, token: string | undefined, handlers: SocketHandlers): Socket {
    const socket = new ManualSocket(token, handlers)
    this.sockets.push(socket)
    return socket
  }

  /** The newest dial. */
  get socket(): ManualSocket {
    const socket = this.sockets.at(-1)
    if (socket === undefined) throw new Error('nothing was dialled')
    return socket
  }

  get timerCount(): number {
    return this.#timers.length
  }

  /** Ends the turn: what waits for it runs, and promise jobs with it. */
  async endTurn(): Promise<void> {
    for (const run of this.#turn.splice(0)) run()
    for (let job = 0; job < 20; job += 1) await Promise.resolve()
  }

  /** Moves the clock; timers due run in order. */
  async advance(delayMs: number): Promise<void> {
    const untilMs = this.#nowMs + delayMs
    for (;;) {
      const due = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((left, right) => left.atMs - right.atMs)[0]
      if (due === undefined) break
      this.#timers = this.#timers.filter((timer) => timer !== due)
      this.#nowMs = Math.max(this.#nowMs, due.atMs)
      due.run()
      await this.endTurn()
    }
    this.#nowMs = untilMs
  }
}
