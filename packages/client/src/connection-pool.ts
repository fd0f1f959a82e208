// Connections by address and token: handles that agree in both share one socket, and the last one to go closes it.
import { Connection } from './connection.ts'
import type { Endpoint, Platform } from './platform.ts'
import type { Settings } from './settings.ts'

/** A share in a connection. `release` is idempotent. */
export interface ConnectionLease {
  readonly connection: Connection
  release(): void
}

export class ConnectionPool {
  readonly #platform: Platform
  readonly #shared = new Map<string, { readonly connection: Connection; leases: number }>()

  constructor(platform: Platform) {
    this.#platform = platform
  }

  lease(endpoint: Endpoint, token: string | undefined, settings: Settings): ConnectionLease {
    const { connectTimeoutMs, retryDelayMinMs, retryDelayMaxMs } = settings
    const key = JSON.stringify([endpoint.key, token, connectTimeoutMs, retryDelayMinMs, retryDelayMaxMs])
    let entry = this.#shared.get(key)
    if (entry === undefined) {
      entry = { connection: new Connection(endpoint, token, this.#platform, settings), leases: 0 }
      this.#shared.set(key, entry)
    }
    entry.leases += 1
    let isReleased = false
    return {
      connection: entry.connection,
      release: () => {
        if (isReleased) return
        isReleased = true
        entry.leases -= 1
        if (entry.leases > 0) return
        this.#shared.delete(key)
        entry.connection.close()
      },
    }
  }
}
