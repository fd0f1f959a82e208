// One WebSocket connection from hello to close (PROTOCOL.md §2 to §5): reads frames, hands them to the desk, the streams
// or the engine, and answers. A frame that cannot be understood ends the connection; anything wrong with a request ends
// that request alone. A peer that does not take its answers is not read from either.
import { checkRequestedLedgers, closeCodes, closeReason, decodeFrame } from '@ledgerd/protocol'
import type {
  AppendFrame,
  ClientFrame,
  CloseCode,
  DecodedFrame,
  FollowFrame,
  GetFrame,
  HelloFrame,
  StatRequestFrame,
} from '@ledgerd/protocol'
import { LedgerError, formatError, invariant } from '@ledgerd/schema/errors'
import type { Duplex } from 'node:stream'
import type { Access, Visitor } from '../auth/access.ts'
import { Principal, revoked } from '../auth/principal.ts'
import type { ScopedEngine } from '../auth/scoped-engine.ts'
import type { Timers } from '../ops/timers.ts'
import { isSystemError } from '../storage/stop-signal.ts'
import type { FollowContext } from '../subscribers/follow.ts'
import { Follow } from '../subscribers/follow.ts'
import { AppendDesk } from './append-desk.ts'
import type { FairWebSocket } from './fair-web-socket.ts'
import { Heartbeat } from './heartbeat.ts'
import { lineAt, statDocument } from './lookups.ts'
import { Wire } from './wire.ts'

export interface SessionContext extends FollowContext {
  readonly access: Access
  readonly timers: Timers
  /** Name and version, for `welcome`. */
  readonly daemon: string
  readonly schemaRefusal: (ledger: string, name: string) => LedgerError | undefined
}

export interface SessionPeer {
  readonly ws: FairWebSocket
  readonly socket: Duplex
  readonly visitor: Visitor
  /** Undefined when the token is still owed and must come with `hello`. */
  readonly principal: Principal | undefined
}

export class Session {
  readonly #context: SessionContext
  readonly #peer: SessionPeer
  readonly #wire: Wire
  readonly #desk: AppendDesk
  readonly #heartbeat: Heartbeat
  readonly #follows = new Map<number, Follow>()
  readonly #cancelHelloTimeout: () => void
  /** What this session may do; asks for its principal, whom the first frame may bring. */
  readonly #engine: ScopedEngine
  /** Set once, at the latest by `hello`. */
  #principal: Principal | undefined
  #stopWatching: (() => void) | undefined
  /** Set when the principal came with `hello`; otherwise whoever opened the session has counted it. */
  #leave: (() => void) | undefined
  #hasGreeted = false
  #isDraining = false
  #isClosing = false
  /** Reads of single lines and of stats without an answer. */
  #lookupCount = 0
  #isPaused = false

  constructor(peer: SessionPeer, context: SessionContext) {
    const { limits, metrics } = context
    this.#peer = peer
    this.#context = context
    this.#principal = peer.principal
    this.#engine = context.access.scope(context.engine, peer.visitor.peer, () => this.#whoever())
    const wire = new Wire(peer.ws, peer.socket, limits)
    this.#wire = wire
    this.#heartbeat = new Heartbeat(wire)
    this.#desk = new AppendDesk({
      engine: this.#engine,
      metrics,
      partBytesMax: limits.appendPartBytesMax,
      schemaRefusal: (ledger, name) => {
        this.#engine.require('append', ledger)
        return context.schemaRefusal(ledger, name)
      },
      send: (frame, body) => wire.send(frame, body),
      onAnswered: () => this.#onAnswered(),
      onDefect: (error) => this.#logDefect(error),
    })
    this.#cancelHelloTimeout = context.timers.after(limits.helloTimeoutMs, () => {
      metrics.countLimit('hello_time')
      this.#close(closeCodes.silent, new LedgerError('DEADLINE', 'no hello in time'))
    })
    peer.ws.on('message', (data: Buffer, isBinary: boolean) => this.#onMessage(data, isBinary))
    peer.ws.on('close', () => this.#dispose())
    peer.ws.on('error', (error) =>
      context.log.info('connection failed', { peer: peer.visitor.peer, cause: error.message }),
    )
    peer.socket.on('drain', () => this.#onDrained())
  }

  get backlogBytes(): number {
    return this.#wire.backlogBytes
  }

  get openAppendCount(): number {
    return this.#desk.openCount
  }

  get streamCount(): number {
    return this.#follows.size
  }

  /** Granted by the peer and not used yet, over all its streams. */
  get creditBytes(): number {
    let sum = 0
    for (const follow of this.#follows.values()) sum += follow.creditBytes
    return sum
  }

  /** Called twice per heartbeat interval. */
  beat(): void {
    if (!this.#hasGreeted || this.#isClosing) return
    for (const follow of this.#follows.values()) follow.announceSkipped()
    if (this.#heartbeat.beat() === 'dead') this.#terminate('silent for three heartbeats')
  }

  /** Ends streams, takes no more appends, and closes when the appends in flight have their answers. */
  drain(): void {
    if (this.#isDraining) return
    this.#isDraining = true
    for (const follow of [...this.#follows.values()]) follow.end('draining')
    this.#closeWhenDrained()
  }

  /** Cuts the connection without the closing handshake. */
  destroy(): void {
    this.#peer.ws.terminate()
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#isClosing) return
    this.#heartbeat.hear()
    this.#context.metrics.count('frames_received')
    try {
      if (!isBinary) throw new LedgerError('FRAME_INVALID', 'text message; frames are binary')
      this.#onFrame(decodeFrame(data, { direction: 'from-client', bodyBytesMax: this.#context.limits.batchBytesMax }))
    } catch (error) {
      if (error instanceof LedgerError) this.#close(closeCodes.frameInvalid, error)
      // The daemon outlives what the system refuses to one of its peers.
      else if (isSystemError(error)) this.#fail(error)
      else throw error
    }
    this.#regulate()
  }

  /** Throws FRAME_INVALID for what makes the rest of the connection meaningless. */
  #onFrame({ header, body }: DecodedFrame<ClientFrame>): void {
    if (!this.#hasGreeted) return this.#onFirstFrame(header)
    try {
      checkRequestedLedgers(header)
    } catch (error) {
      if (!(error instanceof LedgerError) || !('id' in header)) throw error
      return this.#refuse(header.id, error)
    }
    switch (header.t) {
      case 'append':
        return this.#isDraining
          ? this.#refuse(header.id, new LedgerError('DRAINING', 'the daemon is shutting down'))
          : this.#append(header, body)
      case 'follow':
        return this.#follow(header)
      case 'credit':
        return this.#follows.get(header.id)?.grant(header.bytes)
      case 'stop':
        return this.#follows.get(header.id)?.end('stopped')
      case 'get':
      case 'stat':
        return void this.#lookUp(header)
      case 'ping':
        return this.#wire.send({ t: 'pong' })
      case 'pong':
        return
      case 'hello':
        throw new LedgerError('FRAME_INVALID', 'hello frame: a second one')
    }
  }

  #onFirstFrame(header: ClientFrame): void {
    if (header.t !== 'hello')
      return this.#close(closeCodes.helloExpected, new LedgerError('FRAME_INVALID', 'the first frame must be hello'))
    this.#cancelHelloTimeout()
    const verdict = this.#checkHello(header)
    if (!(verdict instanceof Principal)) return this.#close(closeCodes.unauthenticated, verdict.error)
    if (verdict.isRevoked) return this.#close(closeCodes.unauthenticated, revoked())
    if (this.#principal === undefined) {
      const leave = this.#context.access.enter(verdict)
      if (leave instanceof LedgerError) return this.#close(closeCodes.tooManyConnections, leave)
      this.#leave = leave
    }
    this.#principal = verdict
    this.#stopWatching = verdict.onRevoked(() => this.#close(closeCodes.unauthenticated, revoked()))
    const { lineBytesMax, batchBytesMax, batchLinesMax, creditBytesMax, draftDepthMax, heartbeatMs } =
      this.#context.limits
    this.#hasGreeted = true
    this.#wire.send({
      t: 'welcome',
      v: 1,
      daemon: this.#context.daemon,
      heartbeatMs,
      limits: { lineBytesMax, batchBytesMax, batchLinesMax, creditBytesMax, depthMax: draftDepthMax },
    })
    const { peer } = this.#peer.visitor
    this.#context.log.info('client connected', { peer, principal: verdict.name, client: header.client })
  }

  #checkHello(hello: HelloFrame): ReturnType<Access['checkToken']> {
    return this.#peer.principal ?? this.#context.access.checkToken(this.#peer.visitor.peer, hello.token)
  }

  #whoever(): Principal {
    invariant(this.#principal !== undefined, 'nothing is served before the principal is known')
    return this.#principal
  }

  #append(frame: AppendFrame, drafts: Uint8Array): void {
    const rest = this.#desk.submit(frame, drafts)
    if (rest !== undefined) this.#peer.ws.handleRestLater(rest)
  }

  #follow(frame: FollowFrame): void {
    if (this.#follows.has(frame.id))
      throw new LedgerError('FRAME_INVALID', `follow frame: stream ${frame.id} is open already`)
    const { streamsPerConnectionMax } = this.#context.limits
    if (this.#isDraining) return this.#refuse(frame.id, new LedgerError('DRAINING', 'the daemon is shutting down'))
    if (this.#follows.size >= streamsPerConnectionMax) {
      this.#context.metrics.countLimit('streams')
      const sentence = `one connection has at most ${streamsPerConnectionMax} streams`
      return this.#refuse(frame.id, new LedgerError('REQUEST_INVALID', sentence))
    }
    const follow = new Follow(
      frame,
      { ...this.#context, engine: this.#engine },
      this.#wire,
      () => void this.#follows.delete(frame.id),
    )
    this.#follows.set(frame.id, follow)
    try {
      follow.start()
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      follow.dispose()
      this.#follows.delete(frame.id)
      this.#refuse(frame.id, error)
    }
  }

  async #lookUp(frame: GetFrame | StatRequestFrame): Promise<void> {
    this.#lookupCount += 1
    try {
      if (frame.t === 'stat') {
        this.#wire.send({ t: 'stat', id: frame.id, ...statDocument(await this.#engine.stat(frame.ledger)) })
      } else {
        const { seq, leafHash, line } = await lineAt(this.#engine, frame)
        if (line.length > this.#context.limits.batchBytesMax)
          throw new LedgerError('LINE_TOO_LONG', 'the line fits no frame; read it over HTTP')
        this.#wire.send({ t: 'line', id: frame.id, ledger: frame.ledger, seq, leafHash }, line)
      }
    } catch (error) {
      if (!(error instanceof LedgerError)) this.#logDefect(error)
      this.#refuse(
        frame.id,
        error instanceof LedgerError ? error : new LedgerError('INTERNAL', 'a defect of the daemon; its log says more'),
      )
    }
    this.#lookupCount -= 1
    this.#regulate()
  }

  #refuse(id: number, error: LedgerError): void {
    this.#context.metrics.countError(error.code)
    this.#wire.send({ t: 'error', id, error: formatError(error) })
  }

  #onAnswered(): void {
    this.#regulate()
    if (this.#isDraining) this.#closeWhenDrained()
  }

  #onDrained(): void {
    this.#regulate()
    for (const follow of this.#follows.values()) follow.wake()
  }

  /** Reads from the peer only while it takes its answers and has not too many to come. */
  #regulate(): void {
    const { outboxBytesMax, requestsPerConnectionMax } = this.#context.limits
    const isOver =
      this.#wire.backlogBytes > outboxBytesMax || this.#desk.openCount + this.#lookupCount >= requestsPerConnectionMax
    if (isOver === this.#isPaused) return
    this.#isPaused = isOver
    if (isOver) this.#peer.ws.pause()
    else this.#peer.ws.resume()
  }

  #closeWhenDrained(): void {
    if (this.#desk.openCount > 0) return
    this.#isClosing = true
    this.#peer.ws.close(closeCodes.draining, closeReason('DRAINING', 'the daemon is shutting down'))
  }

  /** Says why in a frame of its own, then closes. Nothing is read after it. */
  #close(code: CloseCode, error: LedgerError): void {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#context.metrics.countError(error.code)
    this.#context.log.warn('connection refused', { peer: this.#peer.visitor.peer, code, reason: error.message })
    this.#wire.send({ t: 'error', error: formatError(error) })
    this.#peer.ws.close(code, closeReason(error.code, error.message.slice(error.code.length + 2)))
  }

  /** The peer may come again and ask again. */
  #fail(error: Error): void {
    this.#logDefect(error)
    this.#terminate(error.message)
  }

  #terminate(reason: string): void {
    this.#context.log.info('connection given up', { peer: this.#peer.visitor.peer, reason })
    this.#peer.ws.terminate()
  }

  #logDefect(error: unknown): void {
    this.#context.log.error('defect while answering', {
      cause: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
  }

  #dispose(): void {
    this.#isClosing = true
    this.#cancelHelloTimeout()
    this.#stopWatching?.()
    this.#leave?.()
    for (const follow of this.#follows.values()) follow.dispose()
    this.#follows.clear()
  }
}
