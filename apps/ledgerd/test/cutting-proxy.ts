// A proxy between client and daemon that cuts connections after a number of bytes: in the middle of a frame, a header, a line.
import net from 'node:net'

export interface CuttingProxy {
  readonly socket: string
  /** Connections that were cut. */
  readonly cuts: number
  close(): Promise<void>
}

/** Each connection is cut once `bytesUntilCut()` bytes went either way; Infinity never. */
export async function cuttingProxy(from: string, to: string, bytesUntilCut: () => number): Promise<CuttingProxy> {
  let cuts = 0
  const open = new Set<net.Socket>()
  const server = net.createServer((client) => {
    const daemon = net.connect(to)
    let left = Math.ceil(bytesUntilCut())
    const cut = (): void => {
      client.destroy()
      daemon.destroy()
    }
    for (const [source, target] of [
      [client, daemon],
      [daemon, client],
    ] as const) {
      open.add(source)
      source.on('close', () => {
        open.delete(source)
        cut()
      })
      // A cut connection reports errors of its own; they are what this proxy is for.
      source.on('error', cut)
      source.on('data', (chunk: Buffer) => {
        if (left <= 0) return
        const part = chunk.subarray(0, left)
        left -= part.length
        target.write(part)
        if (left > 0) return
        cuts++
        setImmediate(cut)
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(from, resolve))
  return {
    socket: from,
    get cuts() {
      return cuts
    },
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
