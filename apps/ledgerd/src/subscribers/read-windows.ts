// The buffers that streams read windows of their ledgers into. A fresh one costs a page fault for every 4 KiB and, because
// it lies outside the heap, a run of the collector every few megabytes; one that comes back costs neither. Whoever takes
// one gives it back when nobody will read its bytes any more, or never: then the collector has it.

export class ReadWindows {
  readonly #windowBytes: number
  readonly #sparesMax: number
  readonly #spares: Buffer[] = []

  /** Keeps up to `sparesMax` windows that nobody uses, which is all the memory it ever holds on to. */
  constructor(windowBytes: number, sparesMax: number) {
    this.#windowBytes = windowBytes
    this.#sparesMax = sparesMax
  }

  /** `windowBytes` long, and full of whatever it held before. */
  take(): Buffer {
    return this.#spares.pop() ?? Buffer.allocUnsafeSlow(this.#windowBytes)
  }

  giveBack(window: Buffer): void {
    if (this.#spares.length < this.#sparesMax) this.#spares.push(window)
  }
}
