// One WebSocket as a place to write frames. A frame is written as one message without joining header and body, so that
// bodies shared between followers are never copied; everything written in one turn leaves in one system call.
import type { Duplex } from 'node:stream'
import type { DaemonFrame } from '@ledgerd/protocol'
import { WebSocket } from 'ws'
import type { Limits } from '../config.ts'
import type { StreamSink } from '../subscribers/stream-sink.ts'

const noBody = new Uint8Array(0)
/** Up to here joining is cheaper than a second chunk. */
const joinedBytesMax = 4096

export class Wire implements StreamSink {
  readonly #ws: WebSocket
  readonly #socket: Duplex
  readonly #limits: Limits
  #isCorked = false
  /** Whether anything was written since `takeHasSent` was asked. */
  #hasSent = false

  constructor(ws: WebSocket, socket: Duplex, limits: Limits) {
    this.#ws = ws
    this.#socket = socket
    this.#limits = limits
  }

  /** Bytes that the peer has not taken and the kernel does not hold. */
  get backlogBytes(): number {
    return this.#socket.writableLength
  }

  get isOpen(): boolean {
    return this.#ws.readyState === WebSocket.OPEN
  }

  get isWritable(): boolean {
    return this.isOpen && this.backlogBytes < this.#limits.streamOutboxBytesMax
  }

  /** True if something was sent since the last call; the heartbeat asks. */
  takeHasSent(): boolean {
    const hasSent = this.#hasSent
    this.#hasSent = false
    return hasSent
  }

  send(frame: DaemonFrame, body: Uint8Array = noBody): void {
    this.sendEncoded(Buffer.from(`${JSON.stringify(frame)}\n`), body)
  }

  /**
   * Writes below ws, straight to its socket: with compression off and no Blobs, ws itself writes each frame at once, so
   * the order holds, and its own close and pong frames fall between ours. The kernel has `body` when `onTaken` is called.
   */
  sendEncoded(head: Uint8Array, body: Uint8Array, onTaken?: () => void): void {
    if (!this.isOpen) return
    this.#corkForThisTurn()
    this.#hasSent = true
    const length = head.length + body.length
    const prefixBytes = length < 126 ? 2 : length < 65_536 ? 4 : 10
    const isJoined = length <= joinedBytesMax
    const first = Buffer.allocUnsafe(prefixBytes + (isJoined ? length : head.length))
    writePrefix(first, length)
    first.set(head, prefixBytes)
    if (isJoined) first.set(body, prefixBytes + head.length)
    // Also of a body that was copied: frames before it may be of the same bytes, and are not taken yet.
    const onWritten = (error?: Error | null): void => {
      if (!error) onTaken?.()
    }
    this.#socket.write(first, isJoined ? onWritten : undefined)
    if (!isJoined) this.#socket.write(body, onWritten)
  }

  #corkForThisTurn(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#socket.cork()
    process.nextTick(() => {
      this.#isCorked = false
      this.#socket.uncork()
    })
  }
}

/** RFC 6455 §5.2: FIN, binary, unmasked, and the length in its shortest form. */
function writePrefix(target: Buffer, length: number): void {
  target[0] = 0x82
  if (length < 126) {
    target[1] = length
  } else if (length < 65_536) {
    target[1] = 126
    target.writeUInt16BE(length, 2)
  } else {
    target[1] = 127
    target.writeUInt32BE(0, 2)
    target.writeUInt32BE(length, 6)
  }
}
