// The client's place in a browser (and in any runtime with a global WebSocket). A browser cannot set headers on an
// upgrade, so the token goes into hello (PROTOCOL.md §2). There is no environment and no local socket.
import { subprotocol } from '@ledgerd/protocol'
import type { Endpoint, Platform, Socket, SocketHandlers } from './platform.ts'

interface MessageEventLike {
  readonly data: unknown
}

interface CloseEventLike {
  readonly code: number
  readonly reason: string
}

/** The part of the WebSocket standard that is used; Node's own type declarations do not have it. */
interface StandardSocket {
  binaryType: string
  onopen: (() => void) | null
  onmessage: ((event: MessageEventLike) => void) | null
  onclose: ((event: CloseEventLike) => void) | null
  send(bytes: Uint8Array): void
  close(closeCode?: number, reason?: string): void
}

interface MessageReceiver {
  onmessage: (() => void) | null
}

type StandardSocketClass = new (url: string, protocols: string) => StandardSocket

export const platform: Platform = {
  sendsAuthorization: false,
  nowMs: () => performance.now(),
  startTimer(run, delayMs) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
  afterTurn,
  indexOfByte: (bytes, byte, from) => bytes.indexOf(byte, from),
  random: () => Math.random(),
  randomHex(bytes) {
    let hex = ''
    for (const byte of crypto.getRandomValues(new Uint8Array(bytes))) hex += byte.toString(16).padStart(2, '0')
    return hex
  },
  defaultUrl: () => undefined,
  defaultToken: () => undefined,
  openSocket,
}

/** A message to oneself comes back in the next turn; a timer would be clamped to 4 ms. */
function afterTurn(run: () => void): void {
  const { port1, port2 } = new MessageChannel()
  const receiver = port1 as unknown as MessageReceiver
  receiver.onmessage = () => {
    port1.close()
    run()
  }
  port2.postMessage(undefined)
}

function openSocket(endpoint: Endpoint, _token: string | undefined, handlers: SocketHandlers): Socket {
  const { WebSocket } = globalThis as unknown as { readonly WebSocket: StandardSocketClass }
  const socket = new WebSocket(endpoint.url, subprotocol)
  socket.binaryType = 'arraybuffer'
  let isEnded = false
  const finish = (closeCode: number, reason: string): void => {
    if (isEnded) return
    isEnded = true
    handlers.onEnd({ closeCode, reason })
  }
  socket.onopen = () => handlers.onOpen()
  socket.onmessage = ({ data }) => {
    if (isEnded) return
    // A text message is no frame; an empty one makes the codec say so.
    handlers.onMessage(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0))
  }
  socket.onclose = ({ code, reason }) => finish(code, reason)
  return {
    send: (bytes) => socket.send(bytes),
    // The standard lets a page close with 1000 and 3000 to 4999 only.
    close: (closeCode, reason) => socket.close(closeCode >= 3000 ? closeCode : 1000, reason),
    terminate() {
      socket.close()
      finish(1006, 'terminated')
    },
  }
}
