// Random identities of 128 bits, drawn in blocks because the system's generator costs more than the rest of an append.
import type { Platform } from './platform.ts'

const digits = 32
const blockBytes = 4096

export class EventIds {
  readonly #platform: Platform
  #block = ''
  #at = 0

  constructor(platform: Platform) {
    this.#platform = platform
  }

  /** 32 hex digits, lower case. */
  next(): string {
    if (this.#at === this.#block.length) {
      this.#block = this.#platform.randomHex(blockBytes)
      this.#at = 0
    }
    this.#at += digits
    return this.#block.slice(this.#at - digits, this.#at)
  }
}
