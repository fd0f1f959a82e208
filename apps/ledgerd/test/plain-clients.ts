// Clients that say exactly what a test wants said, byte for byte: over a bare connection, and as frames of a WebSocket.
import net from 'node:net'
import { decodeFrame, encodeFrame, paths, subprotocol } from '@ledgerd/protocol'
import type { ClientFrame, DaemonFrame, DecodedFrame } from '@ledgerd/protocol'
import { WebSocket } from 'ws'
import type { ClientOptions } from 'ws'

/** A port on loopback, or the path of a local socket. */
export type Place = { readonly port: number } | { readonly path: string }

export interface RawAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Sends bytes and reads the answer until the daemon closes, or until a 101. */
export async function sendRaw(where: Place, bytes: string | Uint8Array): Promise<RawAnswer> {
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
    socket.write(bytes)
  })
}

type FrameOf<T extends DaemonFrame['t']> = DecodedFrame<Extract<DaemonFrame, { t: T }>>

/** A client that sends frames and waits for those it wants. */
export class FrameClient {
  readonly ws: WebSocket
  readonly closed: Promise<{ code: number; reason: string }>
  readonly #frames: DecodedFrame<DaemonFrame>[] = []
  #read = 0
  #isClosed = false
  #onNews: (() => void) | undefined

  constructor(where: Place, options: ClientOptions, protocols: string | string[] = subprotocol) {
    const url =
      'port' in where ? `ws://127.0.0.1:${where.port}${paths.webSocket}` : `ws+unix:${where.path}:${paths.webSocket}`
    this.ws = new WebSocket(url, protocols, { perMessageDeflate: false, ...options })
    this.ws.on('message', (data: Buffer) => {
      this.#frames.push(decodeFrame(data, { direction: 'from-daemon' }))
      this.#onNews?.()
    })
    this.closed = new Promise((resolve) =>
      this.ws.on('close', (code, reason) => {
        this.#isClosed = true
        this.#onNews?.()
        resolve({ code, reason: reason.toString() })
      }),
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

  /** The next frame of this type that was not read yet; everything before it is passed over. */
  async next<T extends DaemonFrame['t']>(type: T): Promise<FrameOf<T>> {
    return (await this.nextOf(type)) as FrameOf<T>
  }

  /** The next frame of one of these types. Rejects when the connection ends first. */
  async nextOf(...types: DaemonFrame['t'][]): Promise<DecodedFrame<DaemonFrame>> {
    for (;;) {
      while (this.#read < this.#frames.length) {
        const frame = this.#frames[this.#read++]
        if (frame !== undefined && types.includes(frame.header.t)) return frame
      }
      if (this.#isClosed) throw new Error(`the connection ended before a frame ${types.join(' or ')}`)
      await new Promise<void>((resolve) => {
        this.#onNews = resolve
      })
    }
  }
}
