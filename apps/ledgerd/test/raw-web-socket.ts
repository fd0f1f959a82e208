// A WebSocket spoken byte by byte, for what no library sends: frames as this side wants them, after an upgrade that may
// ask for extensions. Masked with zeros, as RFC 6455 §5.3 lets a client.
import { once } from 'node:events'
import net from 'node:net'
import type { Place } from './plain-clients.ts'

export interface FrameBits {
  readonly isFinal?: boolean
  /** RSV1: "this is compressed". */
  readonly isCompressed?: boolean
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong. */
  readonly opcode: number
  readonly payload: Uint8Array
}

export class RawWebSocket {
  readonly socket: net.Socket
  /** What the daemon has sent after its answer to the upgrade. */
  #received: Buffer = Buffer.alloc(0)
  /** Close code of the daemon's close frame, once it came; undefined when it ended without one. */
  readonly closed: Promise<number | undefined>

  private constructor(socket: net.Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
    })
    // Cut off in the middle of an attack: that is an answer too.
    socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => socket.on('close', () => resolve(closeCodeIn(this.#received))))
  }

  /** Upgrades with these header lines, each ended by CRLF. Throws when the daemon says no. */
  static async open(place: Place, headers: string): Promise<RawWebSocket> {
    const socket = net.connect('port' in place ? { host: '127.0.0.1', port: place.port } : place)
    socket.write(upgradeWith(headers))
    const [head] = (await once(socket, 'data')) as [Buffer]
    if (!head.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(head.toString('latin1'))
    return new RawWebSocket(socket)
  }

  get received(): Buffer {
    return this.#received
  }

  send(frame: FrameBits): void {
    this.socket.write(frameBytes(frame))
  }
}

/** What a daemon answered to somebody who said everything at once. */
export interface WholeAnswer {
  /** Of the upgrade; 0 when the connection ended without a word. */
  readonly status: number
  /** The payloads of its binary messages. */
  readonly messages: readonly Buffer[]
}

/**
 * Sends an upgrade, these frames and the end of the connection in one go, and reads whatever comes until it is closed.
 * `onSent`: the kernel has all of it, the end too.
 */
export async function sayAllAtOnce(
  place: Place,
  headers: string,
  frames: readonly FrameBits[],
  onSent: () => void,
): Promise<WholeAnswer> {
  const where = 'port' in place ? { host: '127.0.0.1', port: place.port } : place
  const socket = net.connect({ ...where, allowHalfOpen: true })
  socket.end(Buffer.concat([Buffer.from(upgradeWith(headers)), ...frames.map(frameBytes)]), onSent)
  const received = Buffer.concat((await socket.toArray()) as Buffer[])
  const headEnd = received.indexOf('\r\n\r\n') + 4
  const status = Number(received.subarray(0, headEnd).toString('latin1').split(' ')[1] ?? 0)
  const messages = [...framesIn(received.subarray(headEnd))].filter(({ opcode }) => opcode === 2)
  return { status, messages: messages.map(({ payload }) => payload) }
}

function upgradeWith(headers: string): string {
  return (
    `GET /v1/ws HTTP/1.1\r\n${headers}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ledgerd.v1\r\n\r\n'
  )
}

/** One frame, masked with zeros. */
export function frameBytes({ isFinal = true, isCompressed = false, opcode, payload }: FrameBits): Buffer {
  const first = (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode
  const { length } = payload
  const head = Buffer.alloc(length < 126 ? 6 : length < 65_536 ? 8 : 14)
  head[0] = first
  if (length < 126) head[1] = 0x80 | length
  else if (length < 65_536) {
    head[1] = 0x80 | 126
    head.writeUInt16BE(length, 2)
  } else {
    head[1] = 0x80 | 127
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  return Buffer.concat([head, payload])
}

function closeCodeIn(bytes: Buffer): number | undefined {
  for (const { opcode, payload } of framesIn(bytes))
    if (opcode === 8) return payload.length >= 2 ? payload.readUInt16BE(0) : undefined
  return undefined
}

/** The daemon's whole frames, none of which is masked. */
function* framesIn(bytes: Buffer): Generator<{ readonly opcode: number; readonly payload: Buffer }> {
  for (let at = 0; at + 2 <= bytes.length; ) {
    const short = (bytes[at + 1] ?? 0) & 0x7f
    const headBytes = short < 126 ? 2 : short === 126 ? 4 : 10
    if (at + headBytes > bytes.length) return
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    if (at + headBytes + length > bytes.length) return
    yield { opcode: (bytes[at] ?? 0) & 0x0f, payload: bytes.subarray(at + headBytes, at + headBytes + length) }
    at += headBytes + length
  }
}
