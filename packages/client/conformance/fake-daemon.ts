// A daemon for tests that keeps its ledgers in memory and does as it is told: cut, delay, repeat, refuse, fall silent. It
// speaks the protocol through the same codec as the real one, over a loopback WebSocket.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { compilePattern, decodeFrame, encodeFrame, paths, splitLines, subprotocol } from '@ledgerd/protocol'
import type { AppendFrame, ClientFrame, DaemonFrame, FollowFrame } from '@ledgerd/protocol'
import { formatError, LedgerError } from '@ledgerd/schema'
import type { ErrorCode } from '@ledgerd/schema'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'

/** Makes the final line, without LF, of a draft. */
export type SealLine = (draft: Uint8Array, seq: number) => Uint8Array
/** Reads the parts of a line by which the fake filters. */
export type RouteLine = (line: Uint8Array) => { readonly type: string; readonly link: string | null } | undefined

/** Looks at a frame before it is handled. What it returns is done in its place; undefined lets it be handled. */
export type Script = (frame: ClientFrame, session: Session) => 'handled' | undefined

export interface FakeOptions {
  readonly seal: SealLine
  readonly route: RouteLine
  readonly heartbeatMs?: number
  readonly token?: string
  /** Listens on this local socket in place of TCP. */
  readonly socketPath?: string
}

interface StoredLedger {
  readonly lines: Uint8Array[]
  readonly seqById: Map<string, number>
  readonly draftById: Map<string, string>
}

interface Stream {
  readonly frame: FollowFrame
  readonly next: Map<string, number>
  readonly live: Set<string>
  credit: number
}

export class FakeDaemon {
  readonly ledgers = new Map<string, StoredLedger>()
  /** Frames received, newest last. */
  readonly received: ClientFrame[] = []
  /** Connections accepted so far. */
  connectionCount = 0
  script: Script = () => undefined
  /** Lines in one `lines` frame. */
  frameLinesMax = 100
  readonly options: FakeOptions
  readonly sessions = new Set<Session>()
  #server: Server | undefined
  #port = 0

  constructor(options: FakeOptions) {
    this.options = options
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    const { token, socketPath } = this.options
    const http = createServer()
    const server = new WebSocketServer({
      server: http,
      path: paths.webSocket,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
      verifyClient: ({ req }, answer) => {
        if (token === undefined || req.headers.authorization === `Bearer ${token}`) return answer(true)
        const error = formatError(new LedgerError('UNAUTHENTICATED', 'the token is wrong'))
        return answer(false, 401, JSON.stringify({ error }))
      },
    })
    server.on('connection', (socket) => {
      this.connectionCount += 1
      const session = new Session(this, socket)
      this.sessions.add(session)
      socket.on('close', () => this.sessions.delete(session))
    })
    await new Promise<void>((resolve) => {
      if (socketPath === undefined) http.listen(this.#port, '127.0.0.1', resolve)
      else http.listen(socketPath, resolve)
    })
    const address = http.address()
    if (typeof address === 'object' && address !== null) this.#port = address.port
    this.#server = http
  }

  /** Lets go of the port, which `start` takes again. */
  async stop(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server?.close(resolve))
    this.#server = undefined
  }

  /** Breaks every connection without a word. */
  cut(): void {
    for (const session of this.sessions) session.cut()
  }

  ledger(id: string): StoredLedger {
    let ledger = this.ledgers.get(id)
    if (ledger === undefined) {
      ledger = { lines: [], seqById: new Map(), draftById: new Map() }
      this.ledgers.set(id, ledger)
    }
    return ledger
  }

  /** Stores a line as it is and hands it to the followers. */
  publish(id: string, line: Uint8Array): void {
    this.ledger(id).lines.push(line)
    for (const session of this.sessions) session.pump()
  }
}

type CommitResult =
  | { readonly seq: number; readonly eventId: string; readonly duplicate: boolean }
  | { readonly error: LedgerError }

/** One connection to the fake. */
export class Session {
  readonly #daemon: FakeDaemon
  readonly #socket: WebSocket
  readonly #streams = new Map<number, Stream>()

  constructor(daemon: FakeDaemon, socket: WebSocket) {
    this.#daemon = daemon
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      const { header, body } = decodeFrame(new Uint8Array(data), { direction: 'from-client' })
      daemon.received.push(header)
      if (daemon.script(header, this) === undefined) this.handle(header, body)
    })
  }

  send(frame: DaemonFrame, body?: Uint8Array): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(encodeFrame(frame, body))
  }

  /** Bytes that are no frame of ours. */
  sendRaw(bytes: Uint8Array): void {
    this.#socket.send(bytes)
  }

  cut(): void {
    this.#streams.clear()
    this.#socket.terminate()
  }

  close(closeCode: number, reason: string): void {
    this.#socket.close(closeCode, reason)
  }

  refuse(id: number, code: ErrorCode, retryAfterMs?: number): void {
    const error = new LedgerError(code, 'as the script says', retryAfterMs === undefined ? {} : { retryAfterMs })
    this.send({ t: 'error', id, error: formatError(error) })
  }

  handle(frame: ClientFrame, body: Uint8Array): void {
    switch (frame.t) {
      case 'hello':
        return this.#welcome()
      case 'append':
        return this.#append(frame, body)
      case 'follow':
        return this.#follow(frame)
      case 'credit': {
        const stream = this.#streams.get(frame.id)
        if (stream !== undefined) stream.credit += frame.bytes
        return this.pump()
      }
      case 'stop':
        this.#streams.delete(frame.id)
        return
      case 'ping':
        return this.send({ t: 'pong' })
      case 'get':
        return this.#get(frame.id, frame.ledger, frame.seq, frame.eventId)
      case 'stat':
        return this.#stat(frame.id, frame.ledger)
      case 'pong':
    }
  }

  /** Commits drafts without answering: what a crash behind the commit looks like. */
  commit(frame: AppendFrame, body: Uint8Array): CommitResult[] {
    const ledger = this.#daemon.ledger(frame.ledger)
    const results = splitLines(body, frame.n).map((draft): CommitResult => {
      const text = new TextDecoder().decode(draft)
      const { id: eventId } = JSON.parse(text) as { id: string }
      const first = ledger.seqById.get(eventId)
      if (first !== undefined && ledger.draftById.get(eventId) !== text) {
        return { error: new LedgerError('IDENTITY_CONFLICT', 'other content', { details: { seq: first } }) }
      }
      if (first !== undefined) return { seq: first, eventId, duplicate: true }
      ledger.draftById.set(eventId, text)
      const seq = ledger.lines.length
      ledger.lines.push(this.#daemon.options.seal(draft, seq))
      ledger.seqById.set(eventId, seq)
      return { seq, eventId, duplicate: false }
    })
    for (const session of this.#daemon.sessions) session.pump()
    return results
  }

  /** Sends every stream what it may have. */
  pump(): void {
    for (const stream of this.#streams.values()) this.#pumpStream(stream)
  }

  #welcome(): void {
    const limits = {
      lineBytesMax: 65_535,
      batchBytesMax: 1 << 20,
      batchLinesMax: 8192,
      creditBytesMax: 1 << 20,
      depthMax: 64,
    }
    this.send({ t: 'welcome', v: 1, daemon: 'fake/1', heartbeatMs: this.#daemon.options.heartbeatMs ?? 5000, limits })
  }

  #append(frame: AppendFrame, body: Uint8Array): void {
    const { id, ledger: ledgerId, n } = frame
    const ledger = this.#daemon.ledger(ledgerId)
    const { expect } = frame
    if (expect !== undefined && expect.size !== ledger.lines.length) {
      const error = new LedgerError('EXPECT_FAILED', 'other size', { details: { size: ledger.lines.length } })
      return this.send({ t: 'error', id, error: formatError(error) })
    }
    const results = this.commit(frame, body)
    const head = { ledger: ledgerId, epoch: 1, durable: 'fsync' } as const
    const hashOf = (seq: number): string => leafHex(ledger.lines[seq] ?? new Uint8Array(0))
    const fresh = results.flatMap((result) => ('seq' in result && !result.duplicate ? [result.seq] : []))
    if (fresh.length === n) {
      const hashes = fresh.map((seq) => `${hashOf(seq)}\n`).join('')
      return this.send({ t: 'receipts', ...head, acks: [[id, fresh[0] ?? 0, n]] }, Buffer.from(hashes))
    }
    const lines = results.map((result) =>
      'error' in result
        ? { error: formatError(result.error) }
        : { ...result, leafHash: `sha256:${hashOf(result.seq)}` },
    )
    const outcomes = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    this.send({ t: 'outcomes', id, ...head, n }, Buffer.from(outcomes))
  }

  #follow(frame: FollowFrame): void {
    const stream: Stream = { frame, next: new Map(), live: new Set(), credit: frame.credit }
    this.#streams.set(frame.id, stream)
    const isMissing = frame.ledgers.length === 1 && !this.#daemon.ledgers.has(frame.ledgers[0] ?? '')
    if (isMissing && !(frame.ledgers[0] ?? '').includes('*')) {
      this.#streams.delete(frame.id)
      return this.refuse(frame.id, 'LEDGER_NOT_FOUND')
    }
    this.#pumpStream(stream)
  }

  #pumpStream(stream: Stream): void {
    const { frame, next } = stream
    for (const [ledger, { lines }] of this.#daemon.ledgers) {
      if (!frame.ledgers.some((pattern) => compilePattern(pattern)(ledger))) continue
      if (!next.has(ledger)) next.set(ledger, frame.cursors?.[ledger] ?? startOf(frame, lines.length))
      const cursor = next.get(ledger) ?? 0
      if (cursor > lines.length) {
        const error = formatError(new LedgerError('CURSOR_AHEAD', 'the ledger is shorter'))
        this.#streams.delete(frame.id)
        return this.send({ t: 'end', id: frame.id, reason: 'cursor-ahead', error })
      }
      if (!this.#sendLines(stream, ledger, lines)) return
    }
    if (frame.live) return
    this.#streams.delete(frame.id)
    this.send({ t: 'end', id: frame.id, reason: 'done' })
  }

  /** True if the stream stands at the head of the ledger. */
  #sendLines(stream: Stream, ledger: string, lines: readonly Uint8Array[]): boolean {
    const { id, types } = stream.frame
    for (let from = stream.next.get(ledger) ?? 0; from < lines.length; from = stream.next.get(ledger) ?? 0) {
      if (stream.credit <= 0) return false
      const window = lines.slice(from, from + this.#daemon.frameLinesMax)
      const next = from + window.length
      const seqs = window.flatMap((line, index) => {
        const isWanted = types === undefined || types.includes(this.#daemon.options.route(line)?.type ?? '')
        return isWanted ? [from + index] : []
      })
      stream.next.set(ledger, next)
      if (seqs.length === 0) {
        this.send({ t: 'skip', id, ledger, next })
        continue
      }
      const body = Buffer.concat(seqs.flatMap((seq) => [lines[seq] ?? new Uint8Array(0), Buffer.from('\n')]))
      stream.credit -= body.length
      const more = types === undefined ? {} : { seqs }
      this.send({ t: 'lines', id, ledger, from, n: seqs.length, next, ...more }, body)
    }
    if (stream.frame.live && !stream.live.has(ledger)) {
      stream.live.add(ledger)
      this.send({ t: 'status', id, ledger, status: 'live', seq: lines.length, head: lines.length })
    }
    return true
  }

  #get(id: number, ledgerId: string, wanted: number | undefined, eventId: string | undefined): void {
    const ledger = this.#daemon.ledger(ledgerId)
    const seq = wanted ?? ledger.seqById.get(eventId ?? '') ?? -1
    const line = ledger.lines[seq]
    if (line === undefined) return this.refuse(id, 'EVENT_NOT_FOUND')
    const leafHash = `sha256:${leafHex(line)}`
    this.send({ t: 'line', id, ledger: ledgerId, seq, leafHash }, Buffer.concat([line, Buffer.from('\n')]))
  }

  #stat(id: number, ledger: string): void {
    const { lines } = this.#daemon.ledger(ledger)
    const bytes = lines.reduce((sum, line) => sum + line.length + 1, 0)
    const size = lines.length
    this.send({ t: 'stat', id, ledger, size, bytes, root: null, epoch: 1, state: 'open', schema: 'test', profile: 'p' })
  }
}

function startOf({ from }: FollowFrame, size: number): number {
  if (from === 'end') return size
  if (typeof from === 'number') return from < 0 ? Math.max(0, size + from) : from
  return 0
}

function leafHex(line: Uint8Array): string {
  return createHash('sha256')
    .update(Buffer.from([0]))
    .update(line)
    .digest('hex')
}
