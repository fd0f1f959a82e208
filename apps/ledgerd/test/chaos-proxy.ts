// A proxy between clients and a daemon that behaves like a bad network, connection by connection: late, slow, cut in the
// middle of a frame, silent in one direction (half-open), or sent twice over two connections, as when a client that gave up
// is still being delivered. Bytes within a connection keep their order, as TCP promises.
import { once } from 'node:events'
import net from 'node:net'

export interface ConnectionFaults {
  /** Each chunk waits that long. */
  readonly delayMs?: number
  /** Each chunk waits as long as this rate would take. */
  readonly bytesPerSecond?: number
  /** Cut once so many bytes went either way. */
  readonly cutAfterBytes?: number
  /** What the client sends goes over a second connection as well; the answers there go nowhere. */
  readonly isDoubled?: boolean
}

export interface ChaosProxy {
  readonly socket: string
  readonly counts: { readonly connections: number; readonly cuts: number; readonly doubled: number }
  /** From now on nothing of the daemon's reaches its clients, and nobody learns of it; cut connections included. */
  mute(): void
  close(): Promise<void>
}

/** Listens on the local socket `from`, hands on to the local socket `to`; `faultsOf` is asked for each connection. */
export async function chaosProxy(from: string, to: string, faultsOf: () => ConnectionFaults): Promise<ChaosProxy> {
  const counts = { connections: 0, cuts: 0, doubled: 0 }
  const open = new Set<net.Socket>()
  let isMuted = false
  const server = net.createServer((client) => {
    const faults = faultsOf()
    counts.connections += 1
    const daemon = net.connect(to)
    const second = faults.isDoubled === true ? net.connect(to) : undefined
    if (second !== undefined) counts.doubled += 1
    const all = [client, daemon, ...(second === undefined ? [] : [second])]
    const end = (): void => {
      for (const socket of all) socket.destroy()
    }
    for (const socket of all) {
      open.add(socket)
      // A cut connection reports errors of its own; they are what this proxy is for.
      socket.on('error', end)
      socket.on('close', () => {
        open.delete(socket)
        if (socket !== second) end()
      })
    }
    const budget = { leftBytes: faults.cutAfterBytes ?? Number.POSITIVE_INFINITY }
    const onSpent = (): void => {
      counts.cuts += 1
      setImmediate(end)
    }
    carry(client, second === undefined ? [daemon] : [daemon, second], { faults, budget, onSpent, isLost: () => false })
    carry(daemon, [client], { faults, budget, onSpent, isLost: () => isMuted })
    second?.resume()
  })
  await new Promise<void>((resolve) => server.listen(from, resolve))
  return {
    socket: from,
    counts,
    mute: () => void (isMuted = true),
    close: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Carriage {
  readonly faults: ConnectionFaults
  /** Shared by both directions. */
  readonly budget: { leftBytes: number }
  readonly onSpent: () => void
  readonly isLost: () => boolean
}

/** Hands on one direction. While a chunk waits nothing more is read, so that a slow connection pushes back. */
function carry(
  source: net.Socket,
  targets: readonly net.Socket[],
  { faults, budget, onSpent, isLost }: Carriage,
): void {
  const { delayMs = 0, bytesPerSecond = Number.POSITIVE_INFINITY } = faults
  source.on('data', (chunk: Buffer) => {
    if (budget.leftBytes <= 0 || isLost()) return
    const part = chunk.subarray(0, budget.leftBytes)
    budget.leftBytes -= part.length
    const hand = (): void => {
      const full = targets.filter((target) => !target.destroyed && !target.write(part))
      if (budget.leftBytes <= 0) return onSpent()
      const [slowest] = full
      if (slowest === undefined) return void source.resume()
      // A target that is gone takes the whole connection with it, or pushes back no more.
      const goOn = (): void => {
        slowest.off('drain', goOn).off('close', goOn)
        source.resume()
      }
      slowest.on('drain', goOn).on('close', goOn)
    }
    const waitMs = delayMs + (part.length * 1000) / bytesPerSecond
    source.pause()
    if (waitMs >= 1) setTimeout(hand, waitMs)
    else hand()
  })
}
