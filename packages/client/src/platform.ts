// What the client needs of the place it runs in. There are two, chosen by the package's `#transport` import, and a third
// in tests: clock, timers and randomness enter the client only through this.

/** Where a daemon listens. `key` names it among all addresses. */
export interface Endpoint {
  readonly key: string
  /** A ws: or wss: URL, path included. */
  readonly url: string
  /** The local socket to dial instead of the URL's host. */
  readonly socketPath: string | undefined
  /** Bytes to it leave no machine and pass no proxy. */
  readonly isLocal: boolean
}

/** How a socket ended: a close code, or the HTTP answer that refused the upgrade, or the failure to dial. */
export interface SocketEnd {
  readonly closeCode: number
  readonly reason: string
  readonly httpStatus?: number
  readonly httpBody?: string
  readonly cause?: unknown
}

export interface SocketHandlers {
  onOpen(): void
  /** The bytes belong to the receiver from then on. */
  onMessage(bytes: Uint8Array): void
  /** Once, and nothing after it. */
  onEnd(end: SocketEnd): void
}

export interface Socket {
  /** Only after onOpen. The bytes must not change afterwards. */
  send(bytes: Uint8Array): void
  close(closeCode: number, reason: string): void
  /** Ends without the closing handshake: the peer is taken for dead. */
  terminate(): void
}

export interface TimerOptions {
  /** A background timer does not keep the process alive. */
  readonly isBackground?: boolean
}

export interface Platform {
  /** True if the token goes into the Authorization header; else it goes into hello. */
  readonly sendsAuthorization: boolean
  /** Monotonic milliseconds. */
  nowMs(): number
  /** Returns what cancels it. */
  startTimer(run: () => void, delayMs: number, options?: TimerOptions): () => void
  /** Runs once the current turn of the event loop, promise jobs included, is over. */
  afterTurn(run: () => void): void
  /** From 0 up to, not including, 1. */
  random(): number
  /** As `bytes.indexOf(byte, from)`, as fast as this place can: it looks at every byte of what is followed. */
  indexOfByte(bytes: Uint8Array, byte: number, from: number): number
  /** That many random bytes in hex, fit for identities. */
  randomHex(bytes: number): string
  /** The address to use when the caller gave none; undefined if this place has no such thing. */
  defaultUrl(): string | undefined
  defaultToken(): string | undefined
  openSocket(endpoint: Endpoint, token: string | undefined, handlers: SocketHandlers): Socket
}
