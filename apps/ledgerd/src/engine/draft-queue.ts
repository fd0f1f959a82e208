// Draft bytes that wait in the daemon, whatever they wait for: the code of a schema, the opening of a ledger, a commit.
// All of them together have one bound.
import { LedgerError } from '@ledgerd/schema/errors'

export class DraftQueue {
  readonly #bytesMax: number
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Throws QUEUE_FULL when so many more would be too many. */
  assertRoom(bytes: number): void {
    if (this.#bytes + bytes <= this.#bytesMax) return
    throw new LedgerError('QUEUE_FULL', `${this.#bytes} bytes wait in all ledgers; slow down`, { retryAfterMs: 50 })
  }

  /** They wait from now on. */
  add(bytes: number): void {
    this.#bytes += bytes
  }

  /** They wait no more: answered, or handed on to whoever counts them next. */
  remove(bytes: number): void {
    this.#bytes -= bytes
  }
}
