// Who a visitor is once a token has said so: a name, what it may do and where, until it is revoked. Asked on every append
// and every read; says no with the action and the ledger that were missing.
import { compilePattern } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema/errors'
import { DraftRate } from './draft-rate.ts'
import type { Action } from './grant.ts'

export interface Scope {
  readonly allow: readonly Action[]
  /** Ids and patterns. */
  readonly ledgers: readonly string[]
  /** Absent for no limit. */
  readonly draftsPerSecondMax?: number | undefined
}

/** Ledgers that were found allowed, remembered so that an append asks no pattern again. */
const rememberedMax = 1024

/** What the owner has, and the local socket. */
export const everything: Scope = { allow: ['append', 'read', 'admin'], ledgers: ['**'] }

export class Principal {
  readonly name: string
  readonly #allow: ReadonlySet<Action>
  readonly #scope: Scope
  readonly #matchers: readonly ((ledger: string) => boolean)[]
  readonly #covered = new Set<string>()
  readonly #onRevoked = new Set<() => void>()
  #rate: DraftRate | undefined
  #connectionCount = 0
  #isRevoked = false

  constructor(name: string, scope: Scope = everything) {
    this.name = name
    this.#scope = scope
    this.#allow = new Set(scope.allow)
    this.#matchers = scope.ledgers.map(compilePattern)
  }

  /** Connections and requests under way. */
  get connectionCount(): number {
    return this.#connectionCount
  }

  /** Counts one connection or request until the returned function is called; calling it again does nothing. */
  enter(): () => void {
    this.#connectionCount += 1
    let hasLeft = false
    return () => {
      if (hasLeft) return
      hasLeft = true
      this.#connectionCount -= 1
    }
  }

  /** Takes drafts from the rate and returns 0, or takes none and returns how many milliseconds to wait. */
  takeDrafts(count: number, nowMs: number): number {
    const perSecond = this.#scope.draftsPerSecondMax
    if (perSecond === undefined || perSecond === Number.POSITIVE_INFINITY) return 0
    this.#rate ??= new DraftRate(perSecond, nowMs)
    return this.#rate.take(count, nowMs)
  }

  get isRevoked(): boolean {
    return this.#isRevoked
  }

  /** Whether the action is allowed on this ledger; without a ledger, whether it is allowed on any. */
  may(action: Action, ledger?: string): boolean {
    if (this.#isRevoked || !this.#allow.has(action)) return false
    return ledger === undefined || this.#isCovered(ledger)
  }

  /** Why the action is not allowed, as FORBIDDEN or, once revoked, UNAUTHENTICATED. Undefined when it is. */
  refusal(action: Action, ledger?: string): LedgerError | undefined {
    if (this.may(action, ledger)) return undefined
    if (this.#isRevoked) return revoked()
    const wanted = ledger === undefined ? action : `${action} on ${ledger}`
    const { allow, ledgers } = this.#scope
    return new LedgerError(
      'FORBIDDEN',
      `the token ${this.name} lacks ${wanted}; it has ${allow.join(', ')}${ledgers.length === 0 ? '' : ` on ${ledgers.join(', ')}`}`,
      { details: { action, ...(ledger === undefined ? {} : { ledger }) } },
    )
  }

  /** Takes everything away and tells whoever serves this principal. Final. */
  revoke(): void {
    if (this.#isRevoked) return
    this.#isRevoked = true
    for (const listener of this.#onRevoked) listener()
    this.#onRevoked.clear()
  }

  /** Calls `listener` once when the principal is revoked; returns the unsubscriber. */
  onRevoked(listener: () => void): () => void {
    this.#onRevoked.add(listener)
    return () => void this.#onRevoked.delete(listener)
  }

  #isCovered(ledger: string): boolean {
    if (this.#covered.has(ledger)) return true
    if (!this.#matchers.some((matches) => matches(ledger))) return false
    if (this.#covered.size >= rememberedMax) this.#covered.clear()
    this.#covered.add(ledger)
    return true
  }
}

/** What a revoked principal is told. */
export function revoked(): LedgerError {
  return new LedgerError('UNAUTHENTICATED', 'the token has expired or was revoked')
}
