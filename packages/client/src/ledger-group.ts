// The handle on several ledgers at once, by id or pattern: reading only. What `connectAll` returns.
import type { EventMap, TypeName } from '@ledgerd/schema'
import type { ConnectionLease } from './connection-pool.ts'
import type { Context } from './context.ts'
import type { LedgerEvent } from './ledger-event.ts'
import type { Stats } from './ledger.ts'
import type { Line } from './line-buffer.ts'
import { Reader } from './reader.ts'
import type { Follow, FollowOptions, LineOptions, ReadOptions } from './reader.ts'

export type GroupStats = Pick<Stats, 'connection' | 'reconnects' | 'undeclaredLines' | 'undeclaredTypes'>

export class LedgerGroup<Events extends EventMap> implements AsyncDisposable {
  readonly #context: Context<Events>
  readonly #lease: ConnectionLease
  readonly #reader: Reader<Events>

  /** Made by `connectAll`. */
  constructor(ledgers: readonly string[], context: Context<Events>, lease: ConnectionLease) {
    this.#context = context
    this.#lease = lease
    this.#reader = new Reader(ledgers, context)
  }

  /** Events of each ledger in order, up to the heads as they are now; between ledgers there is no order. */
  read<Type extends TypeName<Events> = TypeName<Events>>(
    options: ReadOptions<Type> = {},
  ): AsyncIterableIterator<LedgerEvent<Events, Type>> {
    return this.#reader.read(options)
  }

  /** The same, then those to come. A pattern also brings ledgers that are created later. */
  follow<Type extends TypeName<Events> = TypeName<Events>>(
    options: FollowOptions<Type> = {},
  ): Follow<LedgerEvent<Events, Type>> {
    return this.#reader.follow(options)
  }

  lines(options: LineOptions = {}): AsyncIterableIterator<Line> {
    return this.#reader.lines(options)
  }

  stats(): GroupStats {
    const { state, reconnects } = this.#context.connection
    const { lines, byType } = this.#reader.undeclared
    return { connection: state, reconnects, undeclaredLines: lines, undeclaredTypes: byType }
  }

  /** Ends the streams and lets go of the connection. Idempotent. */
  close(): Promise<void> {
    this.#reader.close()
    this.#lease.release()
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
