// Texts seen so far, eight bytes of SHA-256 each: ten million take 256 MiB at most and make no garbage. For warnings
// only: among ten million texts, one chance in 300,000 that some text is taken for another.
import { sha256 } from '@ledgerd/canonical'

const encoder = new TextEncoder()

export class FingerprintSet {
  #capacity: number
  /** Two words per slot; an empty slot is all zeros. */
  #slots: Uint32Array
  #size = 0

  /** `capacity` is a power of two. */
  constructor(capacity = 1024) {
    this.#capacity = capacity
    this.#slots = new Uint32Array(2 * capacity)
  }

  get size(): number {
    return this.#size
  }

  has(text: string): boolean {
    return this.#isTaken(this.#find(fingerprint(text)))
  }

  /** False if it was there. */
  add(text: string): boolean {
    const print = fingerprint(text)
    let slot = this.#find(print)
    if (this.#isTaken(slot)) return false
    if (this.#size * 4 >= this.#capacity * 3) {
      this.#grow()
      slot = this.#find(print)
    }
    this.#put(slot, print)
    this.#size++
    return true
  }

  /** False if it was not there. */
  delete(text: string): boolean {
    let hole = this.#find(fingerprint(text))
    if (!this.#isTaken(hole)) return false
    // What a search would no longer reach across the hole moves into it, and leaves the next one.
    for (let slot = this.#next(hole); this.#isTaken(slot); slot = this.#next(slot)) {
      const print = this.#at(slot)
      const home = this.#home(print)
      if (((slot - home) & (this.#capacity - 1)) < ((slot - hole) & (this.#capacity - 1))) continue
      this.#put(hole, print)
      hole = slot
    }
    this.#put(hole, [0, 0])
    this.#size--
    return true
  }

  /** Where the fingerprint is, or the empty slot where it would be. */
  #find(print: Fingerprint): number {
    let slot = this.#home(print)
    while (this.#isTaken(slot) && (this.#slots[2 * slot] !== print[0] || this.#slots[2 * slot + 1] !== print[1]))
      slot = this.#next(slot)
    return slot
  }

  #home([high]: Fingerprint): number {
    return high & (this.#capacity - 1)
  }

  #next(slot: number): number {
    return (slot + 1) & (this.#capacity - 1)
  }

  #at(slot: number): Fingerprint {
    return [this.#slots[2 * slot] ?? 0, this.#slots[2 * slot + 1] ?? 0]
  }

  #put(slot: number, [high, low]: Fingerprint): void {
    this.#slots[2 * slot] = high
    this.#slots[2 * slot + 1] = low
  }

  #isTaken(slot: number): boolean {
    return this.#slots[2 * slot] !== 0 || this.#slots[2 * slot + 1] !== 0
  }

  #grow(): void {
    const old = this.#slots
    this.#capacity *= 2
    this.#slots = new Uint32Array(2 * this.#capacity)
    for (let at = 0; at < old.length; at += 2) {
      const print: Fingerprint = [old[at] ?? 0, old[at + 1] ?? 0]
      if (print[0] !== 0 || print[1] !== 0) this.#put(this.#find(print), print)
    }
  }
}

type Fingerprint = readonly [high: number, low: number]

/** Never all zeros, which marks an empty slot. */
function fingerprint(text: string): Fingerprint {
  const digest = sha256(encoder.encode(text))
  const view = new DataView(digest.buffer, digest.byteOffset)
  const [high, low] = [view.getUint32(0), view.getUint32(4)]
  return high === 0 && low === 0 ? [0, 1] : [high, low]
}
