// A proxy from one local socket to another whose connections a test can break without the daemon's help. Local sockets,
// because over TCP the daemon would see, and refuse, the proxy's port in the Host header.
import { connect, createServer } from 'node:net'
import type { Server, Socket } from 'node:net'

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
    const server = createServer((near) => {
      const far = connect(daemonPath)
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
    })
    await new Promise<void>((resolve) => server.listen(socketPath, resolve))
    return new CuttingProxy(`unix:${socketPath}`, server, sockets)
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
