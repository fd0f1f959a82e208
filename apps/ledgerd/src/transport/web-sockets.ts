// The WebSocket side of the server: decides each upgrade before anything is switched (PROTOCOL.md §2), keeps the sessions,
// beats their hearts and drains them.
import { STATUS_CODES } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { closeCodes, closeReason, paths, subprotocol } from '@ledgerd/protocol'
import { LedgerError, formatError } from '@ledgerd/schema/errors'
import { WebSocketServer } from 'ws'
import type { Credentials, Refusal, Visitor } from '../auth/access.ts'
import { Principal } from '../auth/principal.ts'
import { type FairWebSocket, fairWebSocket } from './fair-web-socket.ts'
import { hangUp } from './hang-up.ts'
import { Session } from './session.ts'
import type { SessionContext, SessionPeer } from './session.ts'
import { Line, type Turnstile } from './turnstile.ts'
import { hasTooManyHeaders, visitorOf } from './visitor.ts'

/** ws's own limits, below its defaults: floods of tiny parts cost more than their bytes (reliability §7, ws row). */
const fragmentsMax = 64
const bufferedChunksMax = 4096
const closeTimeoutMs = 2000
const noHead = Buffer.alloc(0)

export class WebSockets {
  readonly #context: SessionContext
  readonly #server: WebSocketServer
  readonly #turnstile: Turnstile
  readonly #arrivals: Line = new Line(() => undefined)
  readonly #sessions = new Set<Session>()
  readonly #stopBeating: () => void
  #onAllGone: (() => void) | undefined

  constructor(context: SessionContext, turnstile: Turnstile) {
    this.#context = context
    this.#turnstile = turnstile
    const { limits, metrics, timers } = context
    this.#server = new WebSocketServer({
      noServer: true,
      WebSocket: fairWebSocket(turnstile),
      perMessageDeflate: false,
      clientTracking: false,
      // A text is refused, whatever it holds. A fault found here would be told in a later turn, behind the end of a peer that
      // sends no more, and thus to nobody.
      skipUTF8Validation: true,
      maxPayload: limits.batchBytesMax + limits.frameHeaderBytesMax + 1,
      maxFragments: fragmentsMax,
      maxBufferedChunks: bufferedChunksMax,
      closeTimeout: closeTimeoutMs,
      handleProtocols: () => subprotocol,
    } as ConstructorParameters<typeof WebSocketServer>[0])
    this.#stopBeating = timers.every(limits.heartbeatMs / 2, () => {
      for (const session of this.#sessions) session.beat()
    })
    metrics.gauge('connections_open', () => this.#sessions.size)
    metrics.gauge('streams_open', () => this.#sum((session) => session.streamCount))
    metrics.gauge('outbox_bytes', () => this.#sum((session) => session.backlogBytes))
    metrics.gauge('credit_bytes', () => this.#sum((session) => session.creditBytes))
    metrics.gauge('appends_open', () => this.#sum((session) => session.openAppendCount))
  }

  /** The `upgrade` event of an HTTP server. All who come share one line: a storm of them takes its share of a turn, no more. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, isLocal: boolean): void {
    socket.on('error', () => socket.destroy())
    // While its bytes lie in the socket, that no more come is not noticed, and what the peer has sent is still answered.
    if (head.length > 0) socket.unshift(head)
    this.#turnstile.pass(this.#arrivals, Number.POSITIVE_INFINITY, () => {
      this.#accept(request, socket, isLocal)
    })
  }

  #accept(request: IncomingMessage, socket: Duplex, isLocal: boolean): void {
    const visitor = visitorOf(request, isLocal)
    const verdict = this.#check(request, visitor)
    if (verdict !== 'owed' && !(verdict instanceof Principal)) return this.#refuse(socket, visitor, verdict)
    const principal = verdict === 'owed' ? undefined : verdict
    this.#server.handleUpgrade(request, socket, noHead, (ws) =>
      // The class that the server was given.
      this.#open({ ws: ws as FairWebSocket, socket, visitor, principal }),
    )
  }

  /** Ends every session in an orderly way; settles when all are gone. */
  async drain(): Promise<void> {
    if (this.#sessions.size > 0) {
      const allGone = new Promise<void>((resolve) => {
        this.#onAllGone = resolve
      })
      for (const session of [...this.#sessions]) session.drain()
      await allGone
    }
    this.#stopBeating()
  }

  /** Cuts every session off. */
  destroy(): void {
    for (const session of this.#sessions) session.destroy()
  }

  #check(request: IncomingMessage, visitor: Visitor): Credentials {
    const { access, limits } = this.#context
    if (hasTooManyHeaders(request, limits.headersMax))
      return { status: 431, error: new LedgerError('REQUEST_INVALID', `more than ${limits.headersMax} headers`) }
    const refusal = access.checkWeb(visitor)
    if (refusal !== undefined) return refusal
    // Clients that would rather speak HTTP/2 ask with their first request, whatever its path.
    if (request.headers.upgrade?.toLowerCase() !== 'websocket')
      return {
        status: 400,
        error: new LedgerError('REQUEST_INVALID', 'this daemon speaks HTTP/1.1 alone; set the client to that version'),
      }
    if (request.url !== paths.webSocket)
      return {
        status: 404,
        error: new LedgerError('REQUEST_INVALID', `there is no WebSocket here; it is at ${paths.webSocket}`),
      }
    const credentials = access.checkHandshakeToken(visitor)
    if (credentials !== 'owed' && !(credentials instanceof Principal)) return credentials
    return protocolsOf(request).includes(subprotocol)
      ? credentials
      : { status: 400, error: new LedgerError('PROTOCOL_VERSION', `this daemon speaks the subprotocol ${subprotocol}`) }
  }

  #open(peer: SessionPeer): void {
    const { metrics, limits, log, access } = this.#context
    const { ws, visitor } = peer
    if (this.#onAllGone !== undefined)
      return ws.close(closeCodes.draining, closeReason('DRAINING', 'the daemon is shutting down'))
    if (this.#sessions.size >= limits.connectionsMax) {
      metrics.count('connections_refused')
      metrics.countLimit('connections')
      log.warn('too many connections', { peer: visitor.peer, connectionsMax: limits.connectionsMax })
      return ws.close(
        closeCodes.tooManyConnections,
        closeReason('RATE_LIMITED', `at most ${limits.connectionsMax} connections`),
      )
    }
    const leave = peer.principal === undefined ? undefined : access.enter(peer.principal)
    if (leave instanceof LedgerError) {
      metrics.count('connections_refused')
      return ws.close(
        closeCodes.tooManyConnections,
        closeReason(leave.code, leave.message.slice(leave.code.length + 2)),
      )
    }
    metrics.count('connections')
    const session = new Session(peer, this.#context)
    this.#sessions.add(session)
    ws.on('close', () => {
      leave?.()
      this.#sessions.delete(session)
      if (this.#sessions.size === 0) this.#onAllGone?.()
    })
  }

  #refuse(socket: Duplex, visitor: Visitor, refusal: Refusal): void {
    const { status, error } = refusal
    this.#context.metrics.count('connections_refused')
    this.#context.metrics.countError(error.code)
    this.#context.access.tellRefused(visitor, refusal)
    if (status === 431) this.#context.metrics.countLimit('headers')
    const body = `${JSON.stringify({ error: formatError(error) })}\n`
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
      'Connection: close',
      'Content-Type: application/json',
      'X-Content-Type-Options: nosniff',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ]
    const { timers, limits } = this.#context
    hangUp(socket, `${head.join('\r\n')}\r\n\r\n${body}`, { timers, lingerMs: limits.lingerMs })
  }

  #sum(measure: (session: Session) => number): number {
    let sum = 0
    for (const session of this.#sessions) sum += measure(session)
    return sum
  }
}

function protocolsOf(request: IncomingMessage): string[] {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
}
