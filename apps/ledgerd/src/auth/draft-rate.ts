// How many drafts a principal may send in a second, on average: a bucket that holds one second's worth and may go into
// debt, so that a batch larger than the bucket passes whole and is waited off afterwards. Pure: time is handed in.

export class DraftRate {
  readonly #perSecond: number
  /** In thousandths of a draft: whole numbers, as far as the clock gives whole milliseconds. */
  #level: number
  #atMs: number

  /** `nowMs` is monotonic here and below. */
  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond
    this.#level = perSecond * 1000
    this.#atMs = nowMs
  }

  /** Takes `count` drafts and returns 0, or takes none and returns how long to wait. */
  take(count: number, nowMs: number): number {
    this.#level = Math.min(this.#perSecond * 1000, this.#level + (nowMs - this.#atMs) * this.#perSecond)
    this.#atMs = nowMs
    if (this.#level <= 0) return Math.floor(-this.#level / this.#perSecond) + 1
    this.#level -= count * 1000
    return 0
  }
}
