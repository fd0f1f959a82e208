// Holds every kept leaf of a ledger against its file when something suggests that the file was touched. One look at a time.
import { firstWrongLine } from '../index/scrub.ts'
import type { LedgerStore } from '../storage/open-store.ts'

export interface DamageWatchParts {
  readonly store: () => LedgerStore
  /** Brings the index up to the last committed line. */
  readonly flushIndex: () => void
  /** Aborts when the ledger is being closed. */
  readonly closing: AbortSignal
  /** Told of the first line that is not what was committed. */
  readonly onWrong: (seq: number) => void
  /** Told why a look that nobody waits for could not be finished. */
  readonly onUnread: (error: unknown) => void
}

export class DamageWatch {
  readonly #parts: DamageWatchParts
  #look: Promise<void> | undefined

  constructor(parts: DamageWatchParts) {
    this.#parts = parts
  }

  /** Rejects when the disk cannot be read now; the next read looks again. */
  look(): Promise<void> {
    this.#look ??= this.#compare().finally(() => {
      this.#look = undefined
    })
    return this.#look
  }

  lookInBackground(): void {
    this.look().catch(this.#parts.onUnread)
  }

  /** Settles when no look is under way. */
  async whenIdle(): Promise<void> {
    await Promise.allSettled([this.#look])
  }

  async #compare(): Promise<void> {
    const { store, flushIndex, closing, onWrong } = this.#parts
    const { file, indexFile } = store()
    flushIndex()
    file.forgetTouch()
    const wrong = await firstWrongLine(file.readFd, indexFile, closing).catch((error: unknown) => {
      file.suspectTouch()
      throw error
    })
    if (wrong !== undefined) onWrong(wrong)
  }
}
