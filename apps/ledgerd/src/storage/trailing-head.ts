// Makes a head record that trails durable once its ledger is quiet. Receipts wait for none of it; a sync that fails stops the
// ledger all the same, and is not tried again.
import type { HeadFile } from './head-file.ts'
import { type StopSignal, stopOf } from './stop-signal.ts'

export interface TrailingHeadParts {
  readonly head: HeadFile
  /** Nothing waits, is sealed or in flight. */
  readonly isIdle: () => boolean
  /** Runs a task after a while; returns its cancellation. */
  readonly later: (delayMs: number, task: () => void) => () => void
  readonly onFailed: (stop: StopSignal) => void
}

const quietMs = 250

export class TrailingHead {
  readonly #parts: TrailingHeadParts
  #cancel: (() => void) | undefined
  #syncing: Promise<void> | undefined
  #isOver = false

  private constructor(parts: TrailingHeadParts) {
    this.#parts = parts
  }

  /** Undefined where each group waits for the sync of its record. */
  static of(parts: TrailingHeadParts): TrailingHead | undefined {
    return parts.head.secondSync === 'head' ? undefined : new TrailingHead(parts)
  }

  /** Called after each commit: looks in a while whether the ledger is quiet. */
  note(): void {
    if (this.#isOver || this.#syncing !== undefined) return
    this.#cancel ??= this.#parts.later(quietMs, () => this.#look())
  }

  /** No more syncs; settles when none is under way, so that the file may be closed. Never rejects. */
  async end(): Promise<void> {
    this.#isOver = true
    this.#cancel?.()
    await this.#syncing
  }

  /** The last sync, before the file is closed, unless an earlier one failed. Throws StopSignal. */
  async finish(): Promise<void> {
    const isWell = !this.#isOver
    await this.end()
    if (isWell && this.#parts.head.isTrailing) await this.#parts.head.sync()
  }

  #look(): void {
    this.#cancel = undefined
    const { head, isIdle, onFailed } = this.#parts
    if (!head.isTrailing) return
    if (!isIdle()) return this.note()
    this.#syncing = head
      .sync()
      .catch((error: unknown) => {
        this.#isOver = true
        onFailed(stopOf('sync-failed', error))
      })
      .finally(() => {
        this.#syncing = undefined
        // A group came meanwhile.
        if (head.isTrailing) this.note()
      })
  }
}

/** Closes the head file, after the last sync if its record trails. Throws StopSignal when that failed. */
export async function closeHead(head: HeadFile | undefined, trailing: TrailingHead | undefined): Promise<void> {
  try {
    await trailing?.finish()
  } finally {
    head?.close()
  }
}
