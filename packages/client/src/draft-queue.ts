// Drafts of one ledger that are not sent yet, in call order: in batches up to `queueBytesMax`, and behind them the calls
// that wait for room. It counts the bytes of everything unanswered, sent or not.
import { LedgerError } from '@ledgerd/schema'
import { DraftBatch } from './draft-batch.ts'
import type { Condition, PendingDraft } from './draft-batch.ts'
import type { Settings } from './settings.ts'

/** Drafts that go together. `isAlone` keeps them out of frames with others. */
export interface Submission {
  readonly texts: readonly string[]
  readonly drafts: readonly PendingDraft[]
  readonly isAtomic: boolean
  readonly isAlone: boolean
  readonly expect: Condition | undefined
}

/**
 * From this length on a frame goes out at once. Shorter ones cost the daemon more per line and a sync each where one
 * would do; longer ones leave it idle while they are encoded.
 */
const frameBytesWanted = 32 << 10

export class DraftQueue {
  readonly #settings: Settings
  readonly #linesMax: () => number
  #batches: DraftBatch[] = []
  /** The last batch, while single drafts may still join it. */
  #filling: DraftBatch | undefined
  #waiting: Submission[] = []
  #heldBytes = 0
  #lastOrder = 0
  /** Length of the batch sent last: the next one is likely to be like it. */
  #lastLength = 0

  constructor(settings: Settings, linesMax: () => number) {
    this.#settings = settings
    this.#linesMax = linesMax
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0
  }

  /** True if the next batch need not wait for the end of the turn: no draft may join it, or it is long enough. */
  get isHeadFull(): boolean {
    const head = this.#batches[0]
    return head !== undefined && (head !== this.#filling || head.length >= frameBytesWanted)
  }

  /** Takes one draft that may share a frame with others: the hot path. Throws QUEUE_FULL. */
  addOne(text: string, draft: PendingDraft): void {
    if (this.#waiting.length === 0 && !this.#isOverfull(text.length)) return this.#placeShared(text, draft)
    this.#wait({ texts: [text], drafts: [draft], isAtomic: false, isAlone: false, expect: undefined })
  }

  /** Takes drafts that belong together. Throws QUEUE_FULL. */
  add(submission: Submission): void {
    const isPlaced = this.#waiting.length === 0 && !this.#isOverfull(textBytes(submission.texts))
    if (isPlaced) this.#place(submission)
    else this.#wait(submission)
  }

  /** The next batch to send, without drafts that were given up; undefined if there is none. */
  next(): DraftBatch | undefined {
    for (;;) {
      const batch = this.#batches.shift()
      if (batch === this.#filling) this.#filling = undefined
      if (batch === undefined) return undefined
      batch.retain((draft) => !draft.isSettled)
      if (batch.drafts.length === 0) continue
      this.#lastLength = batch.length
      return batch
    }
  }

  /** Batches that must be sent again go back to their places. */
  putBack(batches: readonly DraftBatch[]): void {
    this.#batches = [...batches, ...this.#batches].sort((left, right) => left.order - right.order)
  }

  /** The draft is settled and its bytes are free. */
  release(draft: PendingDraft): void {
    draft.isSettled = true
    this.#heldBytes -= draft.bytes
  }

  /** Lets waiting calls in as far as there is room. */
  admitWaiting(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const isLive = next.drafts.some((draft) => !draft.isSettled)
      if (isLive && this.#isOverfull(textBytes(next.texts))) return
      this.#waiting.shift()
      if (isLive) this.#place(next)
    }
  }

  /** Every draft here, settled ones included. */
  *drafts(): Generator<PendingDraft> {
    for (const batch of [...this.#batches]) yield* batch.drafts
    for (const submission of [...this.#waiting]) yield* submission.drafts
  }

  #isOverfull(bytes: number): boolean {
    return this.#heldBytes > 0 && this.#heldBytes + bytes > this.#settings.queueBytesMax
  }

  #wait(submission: Submission): void {
    const { waitingAppendsMax } = this.#settings
    if (this.#waiting.length >= waitingAppendsMax) {
      throw new LedgerError('QUEUE_FULL', `${waitingAppendsMax} appends wait for room already; await some of them`)
    }
    this.#waiting.push(submission)
  }

  #placeShared(text: string, draft: PendingDraft): void {
    const { batchBytesMax } = this.#settings
    let batch = this.#filling
    // Counted as if all text were ASCII; if it was not, the draft moves on once its bytes are known.
    if (
      batch === undefined ||
      batch.length + text.length + 1 > batchBytesMax ||
      batch.drafts.length >= this.#linesMax()
    ) {
      batch = this.#newBatch({ isAtomic: false, expect: undefined })
      this.#filling = batch
    }
    this.#heldBytes += batch.add(text, draft)
    if (batch.length <= batchBytesMax || batch.drafts.length === 1) return
    batch.retain((kept) => kept !== draft)
    this.#filling = this.#newBatch({ isAtomic: false, expect: undefined })
    this.#filling.add(text, draft)
  }

  #place(submission: Submission): void {
    const { texts, drafts } = submission
    if (!submission.isAlone) {
      for (const [index, draft] of drafts.entries()) this.#placeShared(texts[index] ?? '', draft)
      return
    }
    const batch = this.#newBatch(submission)
    this.#filling = undefined
    for (const [index, draft] of drafts.entries()) this.#heldBytes += batch.add(texts[index] ?? '', draft)
  }

  #newBatch(options: { readonly isAtomic: boolean; readonly expect: Condition | undefined }): DraftBatch {
    this.#lastOrder += 1
    const batch = new DraftBatch(this.#lastOrder, options, this.#lastLength * 2)
    this.#batches.push(batch)
    return batch
  }
}

function textBytes(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length + 1, 0)
}
