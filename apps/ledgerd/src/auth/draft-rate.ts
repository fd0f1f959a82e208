// How many drafts a principal may send in a second, on average: a bucket that holds one second's worth and may go into
// debt, so that a batch larger than the bucket passes whole and is waited off afterwards. Pure: time is handed in.

export class DraftRate {
  readonly #perSecond: number
  #level: number
  #atMs: number

  /** `nowMs` is monotonic here and below. */
  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond
    this.#level = perSecond
    this.#atMs = nowMs
  }

  /** Takes `count` drafts and returns 0, or takes none and returns how long to wait. */
  take(count: number, nowMs: number): number {
    this.#level = Math.min(this.#perSecond, this.#level + ((nowMs - this.#atMs) * this.#perSecond) / 1000)
    this.#atMs = nowMs
    if (this.#level <= 0) return Math.floor((-this.#level * 1000) / this.#perSecond) + 1
    this.#level -= count
    return 0
  }
}
