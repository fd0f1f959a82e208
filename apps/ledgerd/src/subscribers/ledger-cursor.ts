// Where one ledger of a stream stands: the cursor, and whether committed lines reach it directly or through the file.
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
  #detach: (() => void) | undefined

  constructor(reader: LedgerReader, ledger: string, seq: number, endAt: number | undefined) {
    this.reader = reader
    this.ledger = ledger
    this.seq = seq
    this.endAt = endAt
  }

  get isLive(): boolean {
    return this.#detach !== undefined
  }

  get head(): number {
    return this.endAt ?? this.reader.stat().size
  }

  get isAtHead(): boolean {
    return this.seq >= this.head
  }

  /**
   * The cutover. Called in the same turn in which the cursor was found at the head, and commits are announced in the turn
   * in which they count, so no line falls between; `onRun` checks all the same that runs meet the cursor.
   */
  goLive(onRun: CommittedListener): void {
    this.#detach = this.reader.onCommitted(onRun)
  }

  leaveLive(): void {
    this.#detach?.()
    this.#detach = undefined
  }
}
