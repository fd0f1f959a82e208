// Where one ledger of a stream stands: the cursor, and whether committed lines reach it directly or through the file.
// Listening from the first moment also keeps the ledger open, at the price of one call per commit.
import type { CommittedListener, LedgerReader } from '../engine/ports.ts'

export class LedgerCursor {
  readonly ledger: string
  readonly reader: LedgerReader
  /** With `live: false` the head seen at opening; else undefined. */
  readonly endAt: number | undefined
  /** The next line to deliver. Changed only by the stream, after it handed the lines before it to the sink. */
  seq: number
  /** The next line was longer than the credit left; it waits until all of it is free. */
  needsWholeCredit = false
  /** Bytes passed over since the peer was last told where the cursor is. */
  unannouncedBytes = 0
  /**
   * Committed runs go to the sink as they come. Set in the same turn in which the cursor was found at the head (the
   * cutover): commits are announced in the turn in which they count, so no line falls between.
   */
  isLive = false
  readonly #detach: () => void

  /** `onRun` hears committed runs while the cursor is live. */
  constructor(reader: LedgerReader, ledger: string, seq: number, endAt: number | undefined, onRun: CommittedListener) {
    this.reader = reader
    this.ledger = ledger
    this.seq = seq
    this.endAt = endAt
    this.#detach = reader.onCommitted((run) => {
      if (this.isLive) onRun(run)
    })
  }

  get head(): number {
    return this.endAt ?? this.reader.stat().size
  }

  get isAtHead(): boolean {
    return this.seq >= this.head
  }

  /** Lets go of the ledger. */
  close(): void {
    this.isLive = false
    this.#detach()
  }
}
