// Refuses appends while there is still room to recover: a disk that fills up inside a group stops its ledger, and setting
// bytes aside needs space too (reliability: commit, table of disks). Looked at every few megabytes, and on every request while it is low.
import { LedgerError } from '@ledgerd/schema/errors'

const bytesBetweenLooks = 4 << 20

export interface SpaceGuardOptions {
  readonly freeBytes: () => number
  readonly freeBytesMin: number
  readonly retryAfterMs: number
  /** Called when space becomes low, once each time. */
  readonly onLow: (sentence: string) => void
}

export class SpaceGuard {
  readonly #options: SpaceGuardOptions
  /** May be appended before the next look. */
  #allowance = 0
  #isLow = false

  constructor(options: SpaceGuardOptions) {
    this.#options = options
  }

  /** Before bytes are taken. Throws BUSY, outcome absent. */
  assertRoom(bytes: number): void {
    this.#allowance -= bytes
    if (this.#allowance >= 0) return
    const { freeBytes, freeBytesMin, retryAfterMs, onLow } = this.#options
    const free = freeBytes()
    if (free >= freeBytesMin) {
      this.#isLow = false
      this.#allowance = bytesBetweenLooks
      return
    }
    const sentence = `${free} bytes are free on the disk, appends need ${freeBytesMin}; make room`
    if (!this.#isLow) onLow(sentence)
    this.#isLow = true
    throw new LedgerError('BUSY', sentence, { retryAfterMs, details: { reason: 'disk-full', freeBytes: free } })
  }
}
