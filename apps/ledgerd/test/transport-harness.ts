// For tests of the transport: its doors over an engine in memory, on a port of the system's choosing and a local socket,
// with timers that only move when told; and clients that say exactly what a test wants said.
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { decodeFrame, encodeFrame, paths, subprotocol } from '@ledgerd/protocol'
import type { ClientFrame, DaemonFrame, DecodedFrame } from '@ledgerd/protocol'
import { WebSocket } from 'ws'
import { defaultLimits } from '../src/config.ts'
import type { Limits } from '../src/config.ts'
import { Health } from '../src/ops/health.ts'
import { silentLog } from '../src/ops/log.ts'
import { MetricsBoard } from '../src/ops/metrics.ts'
import type { Timers } from '../src/ops/timers.ts'
import { openDoors } from '../src/transport/open-doors.ts'
import type { OpenDoors } from '../src/transport/open-doors.ts'
import { MemoryEngine } from './memory-engine.ts'

export const token = 'A'.repeat(43)

export interface TransportHarness extends AsyncDisposable {
  readonly engine: MemoryEngine
  readonly metrics: MetricsBoard
  readonly health: Health
  readonly timers: ManualTimers
  readonly doors: OpenDoors
  readonly port: number
  readonly socketPath: string
}

export async function openTransport(limits: Partial<Limits> = {}): Promise<TransportHarness> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ledgerd-transport-'))
  const socketPath = path.join(folder, 'sock')
  const engine = new MemoryEngine()
  const metrics = new MetricsBoard()
  const health = new Health(() => engine.stopped(), metrics)
  const timers = new ManualTimers()
  let ids = 0
  const doors = await openDoors(
    {
      engine,
      metrics,
      health,
      timers,
      token,
      limits: { ...defaultLimits, ...limits },
      log: silentLog,
      daemon: 'ledgerd/test',
      isSchemaKnown: (name) => name === 'test',
      makeEventId: () => `made-${ids++}`,
      deriveEventId: (ledger, key) => `derived-${ledger}-${key}`,
    },
    { address: { host: '127.0.0.1', port: 0 }, sockets: [socketPath], isUnsafeListenAllowed: false },
  )
  health.phase = 'serving'
  const port = Number(new URL(doors.url).port)
  const dispose = async (): Promise<void> => {
    doors.destroy()
    await doors.drain()
    rmSync(folder, { recursive: true, force: true })
  }
  return { engine, metrics, health, timers, doors, port, socketPath, [Symbol.asyncDispose]: dispose }
}

export class ManualTimers implements Timers {
  timeMs = 0
  readonly #due = new Set<{ atMs: number; everyMs: number | undefined; run: () => void }>()

  now(): number {
    return this.timeMs
  }

  after(delayMs: number, run: () => void): () => void {
    return this.#add({ atMs: this.timeMs + delayMs, everyMs: undefined, run })
  }

  every(periodMs: number, run: () => void): () => void {
    return this.#add({ atMs: this.timeMs + periodMs, everyMs: periodMs, run })
  }

  /** Runs what is due in the next `ms`, in order. */
  advance(ms: number): void {
    const endMs = this.timeMs + ms
    for (;;) {
      const next = [...this.#due].filter((timer) => timer.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined) break
      this.timeMs = next.atMs
      if (next.everyMs === undefined) this.#due.delete(next)
      else next.atMs += next.everyMs
      next.run()
    }
    this.timeMs = endMs
  }

  #add(timer: { atMs: number; everyMs: number | undefined; run: () => void }): () => void {
    this.#due.add(timer)
    return () => void this.#due.delete(timer)
  }
}

export interface RawAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Sends bytes and reads the answer until the daemon closes, or until a 101. */
export async function sendRaw(where: { port: number } | { path: string }, text: string): Promise<RawAnswer> {
  return await new Promise((resolve, reject) => {
    const socket = net.connect('port' in where ? { host: '127.0.0.1', port: where.port } : where)
    let received = ''
    const finish = (): void => {
      const [head = '', ...rest] = received.split('\r\n\r\n')
      resolve({ status: Number(head.split(' ')[1]), head, body: rest.join('\r\n\r\n') })
    }
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      received += chunk
      if (received.startsWith('HTTP/1.1 101') && received.includes('\r\n\r\n')) socket.destroy()
    })
    socket.on('close', finish)
    socket.on('error', reject)
    socket.write(text)
  })
}

/** A client that sends frames and waits for those it wants. */
export class FrameClient {
  readonly ws: WebSocket
  readonly frames: DecodedFrame<DaemonFrame>[] = []
  readonly closed: Promise<{ code: number; reason: string }>
  #read = 0
  #onFrame: (() => void) | undefined

  constructor(at: TransportHarness, headers: Record<string, string> = { authorization: `Bearer ${token}` }) {
    this.ws = new WebSocket(`ws://127.0.0.1:${at.port}${paths.webSocket}`, subprotocol, {
      headers,
      perMessageDeflate: false,
    })
    this.ws.on('message', (data: Buffer) => {
      this.frames.push(decodeFrame(data, { direction: 'from-daemon' }))
      this.#onFrame?.()
    })
    this.closed = new Promise((resolve) =>
      this.ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    )
  }

  async opened(): Promise<this> {
    await new Promise((resolve, reject) => {
      this.ws.on('open', resolve)
      this.ws.on('error', reject)
    })
    return this
  }

  async greeted(): Promise<this> {
    await this.opened()
    this.send({ t: 'hello', client: 'test' })
    await this.next('welcome')
    return this
  }

  send(frame: ClientFrame, body?: string | Uint8Array): void {
    this.ws.send(encodeFrame(frame, typeof body === 'string' ? Buffer.from(body) : body))
  }

  /** The next frame of this type that was not read yet, and everything before it is passed over. */
  async next<T extends DaemonFrame['t']>(
    type: T,
  ): Promise<{ header: Extract<DaemonFrame, { t: T }>; body: Uint8Array }> {
    for (;;) {
      while (this.#read < this.frames.length) {
        const frame = this.frames[this.#read++]
        if (frame?.header.t === type) return frame as { header: Extract<DaemonFrame, { t: T }>; body: Uint8Array }
      }
      await new Promise<void>((resolve) => {
        this.#onFrame = resolve
      })
    }
  }
}
