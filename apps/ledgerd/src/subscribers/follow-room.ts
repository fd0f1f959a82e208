// How many ledgers are followed at a time, over all streams of the daemon: a stream by pattern may have thousands, a
// connection has many streams, and each ledger of each stream takes memory for as long as it is followed.
import { LedgerError } from '@ledgerd/schema/errors'

const retryAfterMs = 1000

export class FollowRoom {
  readonly #ledgersMax: number
  #count = 0

  constructor(ledgersMax: number) {
    this.#ledgersMax = ledgersMax
  }

  get count(): number {
    return this.#count
  }

  /** One ledger of one stream more. Throws RATE_LIMITED when that is too many. */
  take(): void {
    if (this.#count >= this.#ledgersMax) {
      const sentence = `${this.#count} ledgers are followed by all streams together; that is the limit`
      throw new LedgerError('RATE_LIMITED', sentence, { retryAfterMs })
    }
    this.#count++
  }

  giveBack(): void {
    this.#count--
  }
}
