// Who may come in, for HTTP requests and WebSocket handshakes alike. Checked in one order: Host, Origin, then (after the
// path, which the caller knows) token. Over the local socket only Origin is looked at: who can open it is the owner.
import { LedgerError } from '@ledgerd/schema/errors'
import type { Engine } from '../engine/ports.ts'
import type { Metrics } from '../ops/metrics.ts'
import type { Denials } from './denials.ts'
import type { LoginLimit } from './login-limit.ts'
import { Principal } from './principal.ts'
import { ScopedEngine } from './scoped-engine.ts'
import { isHostAllowed, isOriginAllowed } from './web-guard.ts'
import type { WebGuard } from './web-guard.ts'

/** Where a request came from and what it says about itself; every value of a repeated header is kept. */
export interface Visitor {
  readonly isLocal: boolean
  /** The peer's address, for the login limit and the log. */
  readonly peer: string
  readonly hosts: readonly string[]
  readonly origins: readonly string[]
  readonly authorizations: readonly string[]
}

/** A refusal with the HTTP status that says it, where that is not the code's own. */
export interface Refusal {
  readonly status: number
  readonly error: LedgerError
}

/** `owed`: the token comes with the first frame. */
export type Credentials = Principal | 'owed' | Refusal

export interface AccessOptions {
  readonly tokens: { find(token: string): Principal | undefined }
  readonly guard: WebGuard
  readonly loginLimit: LoginLimit
  readonly metrics: Metrics
  readonly denials: Denials
  readonly connectionsPerPrincipalMax: number
  /** Monotonic, in milliseconds. */
  readonly now: () => number
}

/** When a place may be free again is not known. */
const retryWhenFullMs = 1000

export class Access {
  readonly #options: AccessOptions
  /** Whoever can open the local socket. */
  readonly #local = new Principal('local')

  constructor(options: AccessOptions) {
    this.#options = options
  }

  /** Host, then Origin. Undefined when both hold. */
  checkWeb(visitor: Visitor): Refusal | undefined {
    const { guard } = this.#options
    if (!visitor.isLocal && !isHostAllowed(guard, visitor.hosts))
      return {
        status: 421,
        error: new LedgerError(
          'REQUEST_INVALID',
          'the Host header does not name this daemon; use 127.0.0.1 and the port',
        ),
      }
    if (!isOriginAllowed(guard, visitor.origins))
      return {
        status: 403,
        error: new LedgerError(
          'FORBIDDEN',
          'requests from web pages of this origin are refused; ledgerd serve --allow-origin lets one in',
        ),
      }
    return undefined
  }

  /** `owed`: a browser of a listed origin, which cannot set the header and sends the token in its first frame. */
  checkHandshakeToken(visitor: Visitor): Credentials {
    if (!visitor.isLocal && visitor.authorizations.length === 0 && visitor.origins.length === 1) return 'owed'
    return this.checkRequestToken(visitor)
  }

  /** The token of an HTTP request. */
  checkRequestToken(visitor: Visitor): Principal | Refusal {
    if (visitor.isLocal) return this.#local
    const bearer = /^Bearer ([\x21-\x7e]+)$/.exec(visitor.authorizations[0] ?? '')?.[1]
    return this.checkToken(visitor.peer, visitor.authorizations.length === 1 ? bearer : undefined)
  }

  /** A token by itself. A right one is never limited, so guessing cannot lock its owner out. */
  checkToken(peer: string, token: string | undefined): Principal | Refusal {
    const { tokens, loginLimit, metrics } = this.#options
    const principal = token === undefined ? undefined : tokens.find(token)
    if (principal !== undefined) return principal
    metrics.count('logins_failed')
    const waitMs = loginLimit.waitMs(peer)
    if (waitMs > 0) {
      metrics.countLimit('logins')
      return {
        status: 429,
        error: new LedgerError('RATE_LIMITED', 'too many failed logins; wait', { retryAfterMs: waitMs }),
      }
    }
    loginLimit.recordFailure(peer)
    const flaw = token === undefined ? 'a token is needed' : 'the token is wrong'
    return {
      status: 401,
      error: new LedgerError('UNAUTHENTICATED', `${flaw}; send Authorization: Bearer with a token of this daemon`),
    }
  }

  /** The engine as this visitor may use it. `principal` is asked each time. */
  scope(engine: Engine, peer: string, principal: () => Principal): ScopedEngine {
    const { metrics, denials, now } = this.#options
    const onDenied = (error: LedgerError): void => {
      metrics.count('denials')
      denials.tell('denied', error, { peer, principal: principal().name })
    }
    return new ScopedEngine({ engine, principal, onDenied, now, onRateHit: () => metrics.countLimit('draft_rate') })
  }

  /**
   * Counts a connection or request of a principal until the returned function is called. RATE_LIMITED when the token has
   * as many as it may; the local socket has no token, and only the limits of all.
   */
  enter(principal: Principal): (() => void) | LedgerError {
    const { metrics, connectionsPerPrincipalMax } = this.#options
    if (principal === this.#local || principal.connectionCount < connectionsPerPrincipalMax) return principal.enter()
    metrics.countLimit('connections_per_principal')
    const sentence = `the token ${principal.name} has ${connectionsPerPrincipalMax} connections and requests already`
    return new LedgerError('RATE_LIMITED', sentence, { retryAfterMs: retryWhenFullMs })
  }

  /** Says in the log that a visitor was turned away. */
  tellRefused(visitor: Visitor, { status, error }: Refusal): void {
    this.#options.denials.tell('turned away', error, { peer: visitor.peer, status })
  }
}
