// Makes handles: checks what the caller gave, finds the address, takes a share in a connection. No I/O.
import { checkLedgerId, compilePattern } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema'
import type { EventMap, LedgerSchema } from '@ledgerd/schema'
import { ConnectionPool } from './connection-pool.ts'
import type { ConnectionLease } from './connection-pool.ts'
import type { Context } from './context.ts'
import { parseEndpoint } from './endpoint.ts'
import { LedgerGroup } from './ledger-group.ts'
import { Ledger } from './ledger.ts'
import type { Platform } from './platform.ts'
import { resolveSettings } from './settings.ts'
import type { Settings } from './settings.ts'

export interface ConnectionOptions<Events extends EventMap> extends Partial<Settings> {
  readonly schema: LedgerSchema<Events>
  /** ws:, wss:, http:, https: or unix:/path. Default: LEDGERD_URL, else the local socket of this user's daemon. */
  readonly url?: string
  /** Default: LEDGERD_TOKEN, else none. */
  readonly token?: string
  /** Aborting it gives up everything at once; `close()` is the orderly way. */
  readonly signal?: AbortSignal
}

export interface ConnectOptions<Events extends EventMap> extends ConnectionOptions<Events> {
  readonly ledger: string
}

export interface ConnectAllOptions<Events extends EventMap> extends ConnectionOptions<Events> {
  /** Ids or patterns: `*` within a segment, `**` for any number of segments. */
  readonly ledgers: readonly string[]
}

/** The two ways to connect, bound to one platform and one pool of connections. */
export class Connector {
  readonly #platform: Platform
  readonly #pool: ConnectionPool

  constructor(platform: Platform) {
    this.#platform = platform
    this.#pool = new ConnectionPool(platform)
  }

  connect<Events extends EventMap>(options: ConnectOptions<Events>): Ledger<Events> {
    if (typeof options.ledger !== 'string')
      throw new LedgerError('CONFIG_INVALID', 'ledger must be given: the id of one')
    checkLedgerId(options.ledger)
    const { context, lease } = this.#open(options)
    const ledger = new Ledger(options.ledger, context, lease)
    onAbort(options.signal, (reason) => ledger.abort(reason))
    return ledger
  }

  connectAll<Events extends EventMap>(options: ConnectAllOptions<Events>): LedgerGroup<Events> {
    if (options.ledgers.length === 0) throw new LedgerError('CONFIG_INVALID', 'ledgers must name at least one ledger')
    for (const pattern of options.ledgers) compilePattern(pattern)
    const { context, lease } = this.#open(options)
    const group = new LedgerGroup(options.ledgers, context, lease)
    onAbort(options.signal, () => void group.close())
    return group
  }

  #open<Events extends EventMap>(
    options: ConnectionOptions<Events>,
  ): { readonly context: Context<Events>; readonly lease: ConnectionLease } {
    const platform = this.#platform
    if (typeof (options.schema as Partial<LedgerSchema> | undefined)?.encodeDraft !== 'function')
      throw new LedgerError(
        'CONFIG_INVALID',
        'schema must be given, such as worldEvents of @ledgerd/schema-world-events',
      )
    const settings = resolveSettings(options)
    const url = options.url ?? platform.defaultUrl()
    if (url === undefined)
      throw new LedgerError('CONFIG_INVALID', 'url must be given: there is no default address here')
    const token = options.token ?? platform.defaultToken()
    const lease = this.#pool.lease(parseEndpoint(url), token, settings)
    return { context: { schema: options.schema, connection: lease.connection, platform, settings }, lease }
  }
}

function onAbort(signal: AbortSignal | undefined, run: (reason: unknown) => void): void {
  if (signal === undefined) return
  if (signal.aborted) run(signal.reason)
  else signal.addEventListener('abort', () => run(signal.reason), { once: true })
}
