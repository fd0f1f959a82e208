// Credit of one stream in bytes (PROTOCOL.md §3, Credit): what the peer has promised to take. Bytes are taken before a
// read and given back if the read brought fewer, so that nothing is ever read that could not be sent.

export class Credit {
  readonly #creditBytesMax: number
  /** Negative after a single line longer than the whole credit. */
  #availableBytes: number
  #heldBytes = 0
  /** The most that was ever free at once: when it is free again, the peer has taken everything. */
  #windowBytes: number

  constructor(initialBytes: number, creditBytesMax: number) {
    this.#creditBytesMax = creditBytesMax
    this.#availableBytes = Math.min(initialBytes, creditBytesMax)
    this.#windowBytes = this.#availableBytes
  }

  get availableBytes(): number {
    return this.#availableBytes
  }

  /** Nothing is outstanding: the one moment at which a line longer than the credit may go. */
  get isWhole(): boolean {
    return this.#availableBytes > 0 && this.#heldBytes === 0 && this.#availableBytes >= this.#windowBytes
  }

  /** True when a read is worth its while: a full line fits, or waiting cannot bring more. */
  isEnoughFor(lineBytesMax: number): boolean {
    return (
      this.isWhole ||
      (this.#availableBytes > 0 && this.#availableBytes >= Math.min(lineBytesMax, this.#windowBytes / 2))
    )
  }

  /** What the peer grants beyond `creditBytesMax` in all is ignored. */
  grant(bytes: number): void {
    this.#availableBytes = Math.min(this.#availableBytes + bytes, this.#creditBytesMax - this.#heldBytes)
    this.#windowBytes = Math.max(this.#windowBytes, this.#availableBytes)
  }

  spend(bytes: number): void {
    this.#availableBytes -= bytes
  }

  /** Sets bytes apart for a read that is under way. */
  hold(bytes: number): void {
    this.#availableBytes -= bytes
    this.#heldBytes += bytes
  }

  release(bytes: number): void {
    this.#availableBytes += bytes
    this.#heldBytes -= bytes
  }
}
