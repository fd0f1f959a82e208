// What a stream says about itself beside its lines, and the feeds that hand it to whoever asked.
import type { LedgerError } from '@ledgerd/schema'
import { statusesKeptMax } from './settings.ts'

/** Where a stream stands. Those with `ledger` are about that ledger alone. */
export type FollowStatus =
  | { readonly status: 'connecting' }
  | { readonly status: 'catching-up' | 'live'; readonly ledger: string; readonly seq: number; readonly head: number }
  | {
      readonly status: 'fell-behind'
      readonly ledger: string
      readonly seq: number
      readonly head: number
      readonly lagLines: number
      readonly lagBytes: number
    }
  | {
      readonly status: 'reconnecting'
      readonly attempt: number
      readonly retryInMs: number
      readonly cause: LedgerError
    }
  /** Lines `from` up to, not including, `to` are not delivered. */
  | {
      readonly status: 'gap'
      readonly ledger: string
      readonly from: number
      readonly to: number
      readonly reason: string
    }
  /** Without `ledger` the stream is over; with it, one ledger of several is. */
  | {
      readonly status: 'closed'
      readonly ledger?: string
      readonly reason: string
      readonly error?: LedgerError
    }

/** Fans statuses out to any number of readers; each begins with the newest one. */
export class StatusFeed {
  readonly #readers = new Set<StatusReader>()
  #newest: FollowStatus | undefined
  #isEnded = false

  emit(status: FollowStatus): void {
    if (this.#isEnded) return
    this.#newest = status
    for (const reader of this.#readers) reader.push(status)
  }

  /** The last status; readers end behind it. */
  end(status: FollowStatus): void {
    if (this.#isEnded) return
    this.emit(status)
    this.#isEnded = true
    for (const reader of this.#readers) reader.end()
    this.#readers.clear()
  }

  read(): AsyncIterableIterator<FollowStatus> {
    const reader = new StatusReader((closing) => this.#readers.delete(closing))
    if (this.#newest !== undefined) reader.push(this.#newest)
    if (this.#isEnded) reader.end()
    else this.#readers.add(reader)
    return reader
  }
}

class StatusReader implements AsyncIterableIterator<FollowStatus> {
  readonly #onReturn: (reader: StatusReader) => void
  readonly #kept: FollowStatus[] = []
  readonly #takers: ((result: IteratorResult<FollowStatus>) => void)[] = []
  #isEnded = false

  constructor(onReturn: (reader: StatusReader) => void) {
    this.#onReturn = onReturn
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  push(status: FollowStatus): void {
    const taker = this.#takers.shift()
    if (taker !== undefined) return taker({ done: false, value: status })
    this.#kept.push(status)
    if (this.#kept.length > statusesKeptMax) this.#kept.shift()
  }

  end(): void {
    this.#isEnded = true
    for (const taker of this.#takers.splice(0)) taker({ done: true, value: undefined })
  }

  next(): Promise<IteratorResult<FollowStatus>> {
    const status = this.#kept.shift()
    if (status !== undefined) return Promise.resolve({ done: false, value: status })
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => this.#takers.push(resolve))
  }

  return(): Promise<IteratorResult<FollowStatus>> {
    this.#kept.length = 0
    this.end()
    this.#onReturn(this)
    return Promise.resolve({ done: true, value: undefined })
  }
}
