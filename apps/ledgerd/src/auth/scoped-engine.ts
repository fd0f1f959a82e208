// The engine as one principal may use it: every append and every read passes here, so that no route and no frame can
// forget to ask. Ledgers that may not be read do not appear in lists, and asking for one tells nothing about it.
import { invariant, LedgerError } from '@ledgerd/schema/errors'
import { inTurn } from '../engine/append-run.ts'
import type { AppendRequest, AppendResult, Engine, LedgerReader, LedgerStat } from '../engine/ports.ts'
import type { Action } from './grant.ts'
import type { Principal } from './principal.ts'

export interface ScopedEngineOptions {
  readonly engine: Engine
  /** Asked each time: a browser's session has none before its first frame. */
  readonly principal: () => Principal
  readonly onDenied: (error: LedgerError) => void
  /** Monotonic, in milliseconds. */
  readonly now: () => number
  readonly onRateHit: () => void
}

export class ScopedEngine implements Engine {
  readonly #options: ScopedEngineOptions

  constructor(options: ScopedEngineOptions) {
    this.#options = options
  }

  /** Ids of the ledgers that may be read. Throws FORBIDDEN when none ever may. */
  list(): readonly string[] {
    this.require('read')
    return this.#options.engine.list().filter((ledger) => this.#mayRead(ledger))
  }

  /** True for what may not be read: whoever goes on to read it is refused, the same whether it exists or not. */
  has(ledger: string): boolean {
    return !this.#mayRead(ledger) || this.#options.engine.has(ledger)
  }

  onCreated(listener: (ledger: string) => void): () => void {
    return this.#options.engine.onCreated((ledger) => {
      if (this.#mayRead(ledger)) listener(ledger)
    })
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    this.require('append', request.ledger)
    inTurn(request.run, () => this.#assertRate(request))
    return await this.#options.engine.append(request)
  }

  async reader(ledger: string): Promise<LedgerReader> {
    this.require('read', ledger)
    return await this.#options.engine.reader(ledger)
  }

  async stat(ledger: string): Promise<LedgerStat> {
    this.require('read', ledger)
    return await this.#options.engine.stat(ledger)
  }

  stopped(): readonly LedgerStat[] {
    return this.#options.engine.stopped().filter(({ ledger }) => this.#mayRead(ledger))
  }

  async close(): Promise<void> {
    invariant(false, 'a principal does not close the engine')
  }

  /** Throws FORBIDDEN naming the action and the ledger; UNAUTHENTICATED once the principal is revoked. */
  require(action: Action, ledger?: string): void {
    const { principal, onDenied } = this.#options
    const refusal = principal().refusal(action, ledger)
    if (refusal === undefined) return
    onDenied(refusal)
    throw refusal
  }

  #assertRate({ count }: AppendRequest): void {
    const { principal, now, onRateHit } = this.#options
    const retryAfterMs = principal().takeDrafts(count, now())
    if (retryAfterMs <= 0) return
    onRateHit()
    throw new LedgerError('RATE_LIMITED', 'more drafts than the token may send; wait', { retryAfterMs })
  }

  #mayRead(ledger: string): boolean {
    return this.#options.principal().may('read', ledger)
  }
}
