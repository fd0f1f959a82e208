// The doors: one HTTP server per listening address, all with the same limits, routes and WebSocket sessions.
import http from 'node:http'
import type { Server } from 'node:http'
import https from 'node:https'
import type { AddressInfo, ListenOptions } from 'node:net'
import type { Duplex } from 'node:stream'
import { LedgerError, formatError } from '@ledgerd/schema/errors'
import type { BindAddress } from '../auth/bind-address.ts'
import { systemErrorText } from '../storage/system-error-text.ts'
import type { TlsIdentity } from '../storage/tls-files.ts'
import { handleRequest } from './http/handler.ts'
import type { HttpContext } from './http/http-context.ts'
import { hangUp } from './hang-up.ts'
import { OwedAnswers } from './owed-answers.ts'
import { restrictSocket } from '../locks/local-socket.ts'
import type { WebSockets } from './web-sockets.ts'

const tellPeriodMs = 1000

export class Doors {
  readonly #context: HttpContext
  readonly #webSockets: WebSockets
  /** Ends live reads over HTTP. */
  readonly #liveReads = new AbortController()
  readonly #servers: Server[] = []
  readonly #owed = new OwedAnswers()
  /** Connections that said what cannot be parsed, and are told so behind the answers they are owed. */
  readonly #unparsed = new WeakSet<Duplex>()
  #socketCount = 0
  /** When it was last said that a connection could not be taken: a full process would say it in every turn. */
  #toldMs = Number.NEGATIVE_INFINITY

  constructor(context: Omit<HttpContext, 'draining'>, webSockets: WebSockets) {
    this.#context = { ...context, draining: this.#liveReads.signal }
    this.#webSockets = webSockets
    context.metrics.gauge('sockets_open', () => this.#socketCount)
  }

  /** Listens on TCP and returns the port, which the system chose when 0 was asked for. Throws CONFIG_INVALID. */
  async listenTcp(address: BindAddress, tls: TlsIdentity | undefined): Promise<number> {
    const server = this.#make({ isLocal: false, tls })
    await this.#listen(server, { host: address.host, port: address.port }, `${address.host}:${address.port}`)
    return (server.address() as AddressInfo).port
  }

  /** Listens on a local socket; the path is free and in a folder of ours. Throws CONFIG_INVALID. */
  async listenLocal(path: string): Promise<void> {
    await this.#listen(this.#make({ isLocal: true, tls: undefined }), { path }, path)
    restrictSocket(path)
  }

  /** New connections over TLS get this certificate; open ones keep theirs. */
  renewTls({ cert, key }: TlsIdentity): void {
    for (const server of this.#servers) if (server instanceof https.Server) server.setSecureContext({ cert, key })
  }

  /** Takes no new connections, ends the sessions in an orderly way, and settles when everything in flight is answered. */
  async drain(): Promise<void> {
    this.#liveReads.abort()
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
    for (const server of this.#servers) server.closeIdleConnections()
    await this.#webSockets.drain()
    for (const server of this.#servers) server.closeIdleConnections()
    await Promise.all(closed)
  }

  /** Cuts what is left. */
  destroy(): void {
    this.#webSockets.destroy()
    for (const server of this.#servers) server.closeAllConnections()
  }

  #make({ isLocal, tls }: { readonly isLocal: boolean; readonly tls: TlsIdentity | undefined }): Server {
    const { limits, metrics } = this.#context
    const options = {
      maxHeaderSize: limits.headersBytesMax,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: 1000,
      requireHostHeader: false,
      // A peer that is gone without a word is noticed by the kernel.
      keepAlive: true,
      keepAliveInitialDelay: limits.heartbeatMs,
    }
    const server =
      tls === undefined
        ? http.createServer(options)
        : https.createServer({
            ...options,
            cert: tls.cert,
            key: tls.key,
            minVersion: 'TLSv1.2',
            handshakeTimeout: limits.headersTimeoutMs,
          })
    server.maxHeadersCount = limits.headersMax + 1
    server.maxConnections = limits.socketsMax
    server.on('connection', (socket) => {
      this.#socketCount += 1
      socket.on('close', () => (this.#socketCount -= 1))
    })
    server.on('drop', () => metrics.countLimit('sockets'))
    server.on('request', (request, response) => {
      this.#owed.begin(request, response)
      response.on('close', () => {
        if (this.#liveReads.signal.aborted) setImmediate(() => server.closeIdleConnections())
      })
      void handleRequest(this.#context, request, response, isLocal)
    })
    server.on('upgrade', (request, socket, head) => this.#webSockets.accept(request, socket, head, isLocal))
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (error.code === 'HPE_HEADER_OVERFLOW') metrics.countLimit('headers')
      if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') metrics.countLimit('request_time')
      if (this.#unparsed.has(socket)) return
      this.#unparsed.add(socket)
      this.#owed.afterAnswers(socket, () => {
        this.#unparsed.delete(socket)
        this.#refuseUnparsed(error, socket)
      })
    })
    this.#servers.push(server)
    return server
  }

  async #listen(server: Server, where: ListenOptions, shown: string): Promise<void> {
    await listening(server, where, shown)
    server.on('error', ({ message }) => {
      const { metrics, timers, log } = this.#context
      metrics.countLimit('sockets')
      if (timers.now() - this.#toldMs < tellPeriodMs) return
      this.#toldMs = timers.now()
      log.warn('a connection could not be taken', { reason: message })
    })
  }

  /** What the HTTP parser itself refused. */
  #refuseUnparsed(cause: NodeJS.ErrnoException, socket: Duplex): void {
    const isTls = cause.code?.startsWith('ERR_SSL') === true || cause.code?.startsWith('ERR_TLS') === true
    if (isTls || cause.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
    const { status, sentence } = this.#flawOf(cause)
    const error = new LedgerError('REQUEST_INVALID', `${sentence} (PROTOCOL.md, section 6)`)
    const body = `${JSON.stringify({ error: formatError(error) })}\n`
    const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`
    const { timers, limits } = this.#context
    hangUp(socket, `${head}\r\n\r\n${body}`, { timers, lingerMs: limits.lingerMs })
  }

  #flawOf({ code }: NodeJS.ErrnoException): { readonly status: string; readonly sentence: string } {
    const { headersTimeoutMs, requestTimeoutMs } = this.#context.limits
    if (code === 'HPE_HEADER_OVERFLOW')
      return { status: '431 Request Header Fields Too Large', sentence: 'the headers are longer than the limits allow' }
    if (code === 'HPE_INVALID_EOF_STATE')
      return {
        status: '400 Bad Request',
        sentence: 'the request ended before it was whole, and nothing of it was taken',
      }
    if (code !== 'ERR_HTTP_REQUEST_TIMEOUT') return { status: '400 Bad Request', sentence: 'this is not HTTP/1.1' }
    const within = `its headers within ${headersTimeoutMs / 1000} s and all of it within ${requestTimeoutMs / 1000} s`
    return { status: '408 Request Timeout', sentence: `the request did not come in time: ${within}` }
  }
}

async function listening(server: Server, where: ListenOptions, shown: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      const reason =
        cause.code === 'EADDRINUSE'
          ? 'something else listens there; choose another with --listen'
          : systemErrorText(cause)
      reject(new LedgerError('CONFIG_INVALID', `cannot listen on ${shown}: ${reason}`, { cause }))
    }
    server.once('error', fail)
    server.listen(where, () => {
      server.off('error', fail)
      resolve()
    })
  })
}
