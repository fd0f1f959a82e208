// The progress of a run over several targets: one line that adds up what all of them say, in whatever order they say it.
import type { Done, Progress } from './progress.ts'

export class SumProgress {
  readonly #progress: Pick<Progress, 'update' | 'end'>
  readonly #isAlone: boolean
  readonly #parts = new Map<number, Done>()
  #isHeld = false
  #bytes = 0
  #lines = 0

  constructor(progress: Pick<Progress, 'update' | 'end'>, targets: number) {
    this.#progress = progress
    this.#isAlone = targets === 1
  }

  /** Takes how far target `at` is; what it said before no longer counts. The size of one is that of all if it is alone. */
  update(at: number, done: Done): void {
    const before = this.#parts.get(at)
    this.#parts.set(at, done)
    this.#bytes += done.bytes - (before?.bytes ?? 0)
    this.#lines += done.lines - (before?.lines ?? 0)
    if (this.#isHeld) return
    const sum = { bytes: this.#bytes, lines: this.#lines }
    this.#progress.update(this.#isAlone ? { ...sum, totalBytes: done.totalBytes } : sum)
  }

  /** Clears the line and keeps it away while something else is printed; what is said meanwhile counts. */
  hold(): void {
    this.#isHeld = true
    this.#progress.end()
  }

  goOn(): void {
    this.#isHeld = false
  }
}
