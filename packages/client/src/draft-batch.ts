// Drafts on their way to one ledger, as one append frame: the wire bytes in one growing buffer, and for each draft who
// waits for it. A batch is sent again unchanged after a cut; a draft given up before it was sent is taken out first, so
// that `absent` stays true.
import type { LedgerError } from '@ledgerd/schema'
import type { Receipt } from './receipt.ts'

/** One draft and its caller. */
export interface PendingDraft {
  readonly eventId: string
  readonly deadlineAtMs: number
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: LedgerError) => void
  /** Bytes it holds in the queue, LF included. */
  bytes: number
  /** Settled means resolved, rejected or given up; it happens once. */
  isSettled: boolean
  /** It was in a frame whose answer never came: it may be on disk. */
  isUncertain: boolean
  /** The last refusal that allowed a retry. */
  refusal: LedgerError | undefined
}

export interface Condition {
  readonly size: number
  readonly root?: string
}

const LF = 0x0a
const capacityMin = 4 << 10
const utf8 = new TextEncoder()

export class DraftBatch {
  /** Place among the batches of its ledger; kept when it is sent again. */
  readonly order: number
  readonly isAtomic: boolean
  readonly expect: Condition | undefined
  /** Request id while it is in flight. */
  id = 0
  #drafts: PendingDraft[] = []
  #buffer: Uint8Array
  #length = 0

  /** `bytesExpected` spares growing; any value is right. */
  constructor(order: number, options: { isAtomic: boolean; expect: Condition | undefined }, bytesExpected: number) {
    this.order = order
    this.isAtomic = options.isAtomic
    this.expect = options.expect
    this.#buffer = new Uint8Array(Math.max(capacityMin, bytesExpected))
  }

  get drafts(): readonly PendingDraft[] {
    return this.#drafts
  }

  get length(): number {
    return this.#length
  }

  /** The drafts, each ended by LF. A view, valid until the next change. */
  get body(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  /** Appends a draft's text; returns its bytes, LF included. */
  add(text: string, draft: PendingDraft): number {
    const start = this.#length
    // A UTF-16 unit takes at most three bytes of UTF-8.
    const lengthMax = start + text.length * 3 + 1
    if (lengthMax > this.#buffer.length) this.#grow(lengthMax)
    const target = start === 0 ? this.#buffer : this.#buffer.subarray(start)
    const end = start + utf8.encodeInto(text, target).written
    this.#buffer[end] = LF
    this.#length = end + 1
    this.#drafts.push(draft)
    draft.bytes = end + 1 - start
    return draft.bytes
  }

  /** Keeps the drafts for which `isKept` says so, in order. */
  retain(isKept: (draft: PendingDraft) => boolean): void {
    let from = 0
    let to = 0
    const kept: PendingDraft[] = []
    for (const draft of this.#drafts) {
      if (isKept(draft)) {
        if (from !== to) this.#buffer.copyWithin(to, from, from + draft.bytes)
        to += draft.bytes
        kept.push(draft)
      }
      from += draft.bytes
    }
    this.#drafts = kept
    this.#length = to
  }

  #grow(lengthMin: number): void {
    let capacity = this.#buffer.length
    while (capacity < lengthMin) capacity *= 2
    const grown = new Uint8Array(capacity)
    grown.set(this.body)
    this.#buffer = grown
  }
}
