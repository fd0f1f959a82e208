// Puts the transport together and opens it: who may come in, the WebSocket and HTTP faces over one engine, and the places
// to listen on.
import { LedgerError } from '@ledgerd/schema/errors'
import { Access } from '../auth/access.ts'
import { Denials } from '../auth/denials.ts'
import type { TokenBook } from '../auth/token-book.ts'
import type { BindAddress } from '../auth/bind-address.ts'
import { LoginLimit } from '../auth/login-limit.ts'
import { loopbackHosts, type WebGuard } from '../auth/web-guard.ts'
import type { Limits } from '../config.ts'
import type { Engine } from '../engine/ports.ts'
import type { Health } from '../ops/health.ts'
import type { Log } from '../ops/log.ts'
import type { MetricsBoard } from '../ops/metrics.ts'
import { metricsPage } from '../ops/prometheus.ts'
import type { Timers } from '../ops/timers.ts'
import { isDiskFull } from '../storage/stop-signal.ts'
import type { TlsIdentity } from '../storage/tls-files.ts'
import { FollowRoom } from '../subscribers/follow-room.ts'
import { ReadWindows } from '../subscribers/read-windows.ts'
import { LinesHeads } from '../subscribers/lines-head.ts'
import { Doors } from './doors.ts'
import { Turnstile } from './turnstile.ts'
import { WebSockets } from './web-sockets.ts'

export interface TransportParts {
  readonly engine: Engine
  readonly limits: Limits
  readonly metrics: MetricsBoard
  readonly log: Log
  readonly timers: Timers
  readonly health: Health
  readonly tokens: TokenBook
  /** Name and version, for `welcome`. */
  readonly daemon: string
  /** Why drafts made for the schema of this name cannot go into the ledger; undefined when they can. */
  readonly schemaRefusal: (ledger: string, name: string) => LedgerError | undefined
  readonly makeEventId: () => string
  readonly deriveEventId: (ledger: string, key: string) => string
}

export interface Places {
  readonly address: BindAddress
  /** Local sockets, free to listen on. */
  readonly sockets: readonly string[]
  /** Of these the one that must be had, whatever happens to the others. */
  readonly namedSocket?: string | undefined
  /** An address beyond loopback was asked for, with the flag that says what it gives up. */
  readonly isUnsafeListenAllowed: boolean
  /** Of the web pages that are let in. */
  readonly origins: ReadonlySet<string>
  /** Reads the certificate and key; undefined when TCP is plain HTTP. Throws CONFIG_INVALID. */
  readonly readTls: (() => TlsIdentity) | undefined
}

export interface OpenDoors {
  /** Where the daemon can be reached, with the port that the system chose if it was asked to. */
  readonly url: string
  readonly sockets: readonly string[]
  /** Reads certificate and tokens again, and says in the log what came of it. Of a pair that cannot be used the old one stays. */
  renew(): void
  drain(): Promise<void>
  destroy(): void
}

/** Throws CONFIG_INVALID when a place cannot be listened on. */
export async function openDoors(parts: TransportParts, places: Places): Promise<OpenDoors> {
  const { limits, timers, metrics, tokens, log } = parts
  let tls = places.readTls?.()
  let port = 0
  const guard: WebGuard = {
    hosts: new Set(),
    isAnyAddressAllowed: places.isUnsafeListenAllowed || tls !== undefined,
    isOwnName: (name, named) => named === port && tls?.certificate.checkHost(name) !== undefined,
    origins: places.origins,
  }
  const now = (): number => timers.now()
  const loginLimit = new LoginLimit(limits.failedLoginsPerMinuteMax, now)
  const denials = new Denials({ log, now, loggedPerMinuteMax: limits.denialsLoggedPerMinuteMax })
  const { connectionsPerPrincipalMax } = limits
  const access = new Access({ tokens, guard, loginLimit, metrics, denials, connectionsPerPrincipalMax, now })
  const stopLooking = timers.every(limits.tokenCheckMs, () => tokens.refresh())
  const turnstile = new Turnstile({ ...limits, now, nextTurn: setImmediate })
  const windows = new ReadWindows(limits.readWindowBytes, limits.spareWindowsMax)
  const shared = { heads: new LinesHeads(), room: new FollowRoom(limits.followedLedgersMax), windows }
  const webSockets = new WebSockets({ ...parts, access, ...shared }, turnstile)
  const doors = new Doors({ ...parts, access, turnstile, page: metricsPage(metrics) }, webSockets)
  port = await doors.listenTcp(places.address, tls)
  guard.hosts = loopbackHosts(port, places.address.host)
  const sockets = await openSockets(doors, places, log)
  return {
    url: urlOf(tls === undefined ? 'http' : 'https', places.address.host, port),
    sockets,
    renew: () => {
      const haveTokensChanged = tokens.refresh()
      if (places.readTls === undefined) {
        if (!haveTokensChanged) log.info('settings read again, nothing changed')
        return
      }
      try {
        tls = places.readTls()
        doors.renewTls(tls)
        log.info('certificate read again', { until: tls.certificate.validTo })
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error
        log.error('the old certificate stays', { reason: error.message })
      }
    },
    drain: async () => {
      await doors.drain()
      stopLooking()
    },
    destroy: () => doors.destroy(),
  }
}

/** The sockets that are listened on. There may be no room on the disk for one more name: readers have other doors then. */
async function openSockets(doors: Doors, { sockets, namedSocket }: Places, log: Log): Promise<string[]> {
  const opened: string[] = []
  for (const socket of sockets)
    try {
      await doors.listenLocal(socket)
      opened.push(socket)
    } catch (error) {
      if (!(error instanceof LedgerError) || socket === namedSocket || !isDiskFull(error.cause)) throw error
      log.warn('socket passed over', { socket, reason: error.message })
    }
  return opened
}

/** An address that means every address is shown as loopback. */
function urlOf(scheme: 'http' | 'https', host: string, port: number): string {
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `${scheme}://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
}
