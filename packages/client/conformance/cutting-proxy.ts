// A proxy before a daemon whose connections a test can break without the daemon's help: from one local socket to another,
// or over TCP, where it says the daemon's own port in the Host header, for the daemon refuses every other.
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

export class CuttingProxy {
  readonly url: string
  readonly #server: Server
  readonly #sockets: ReadonlySet<Socket>

  private constructor(url: string, server: Server, sockets: ReadonlySet<Socket>) {
    this.url = url
    this.#server = server
    this.#sockets = sockets
  }

  /** Listens at `socketPath` and passes everything on to the daemon's socket. */
  static async start(socketPath: string, daemonPath: string): Promise<CuttingProxy> {
    const sockets = new Set<Socket>()
    const server = createServer((near) => join(near, connect(daemonPath), sockets))
    await new Promise<void>((resolve) => server.listen(socketPath, resolve))
    return new CuttingProxy(`unix:${socketPath}`, server, sockets)
  }

  /** Listens on a loopback port and passes everything on to the daemon's. */
  static async startTcp(daemonPort: number): Promise<CuttingProxy> {
    const sockets = new Set<Socket>()
    const server = createServer((near) => {
      const far = connect(daemonPort, '127.0.0.1')
      near.once('data', (head: Buffer) => {
        const named = head.toString('latin1').replace(/^(host: 127\.0\.0\.1):\d+/im, `$1:${daemonPort}`)
        far.write(named, 'latin1')
        join(near, far, sockets)
      })
      near.on('error', () => far.destroy())
      far.on('error', () => near.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new CuttingProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, sockets)
  }

  /** Breaks every connection at once. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async stop(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Joins two sockets for as long as both live. */
function join(near: Socket, far: Socket, sockets: Set<Socket>): void {
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    sockets.add(from)
    from.pipe(to)
    // A broken connection is what this proxy is for; its other half goes with it.
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
  }
}
