// One open-addressed array of fingerprints and a few numbers each: between 64 % and 80 % of its slots are taken, so a key
// costs 1.25 to 1.56 times its 12 bytes and its numbers, and no garbage.
import type { Fingerprint } from './fingerprint.ts'

const keyWords = 3
const wordValues = 2 ** 32
const growth = 1.25
const loadMax = 0.8

export class FingerprintSlots {
  readonly #valueWords: number
  readonly #slotWords: number
  #capacity: number
  /** Slots of the key and its numbers; a slot whose first word is 0 is empty, which no fingerprint begins with. */
  #words: Uint32Array
  #size = 0

  /** Each key has `valueWords` numbers from 0 to 2^32 - 1; `capacity` is the number of slots to begin with. */
  constructor(valueWords: number, capacity: number) {
    this.#valueWords = valueWords
    this.#slotWords = keyWords + valueWords
    this.#capacity = capacity
    this.#words = new Uint32Array(capacity * this.#slotWords)
  }

  get size(): number {
    return this.#size
  }

  get bytes(): number {
    return this.#words.byteLength
  }

  has(key: Fingerprint): boolean {
    return this.#isTaken(this.#find(key))
  }

  get(key: Fingerprint): readonly number[] | undefined {
    const slot = this.#find(key)
    return this.#isTaken(slot) ? this.#valuesAt(slot) : undefined
  }

  set(key: Fingerprint, values: ArrayLike<number>): void {
    let slot = this.#find(key)
    if (!this.#isTaken(slot)) {
      if (this.#size + 1 > this.#capacity * loadMax) {
        this.#grow()
        slot = this.#find(key)
      }
      this.#size++
    }
    const at = slot * this.#slotWords
    for (let i = 0; i < keyWords; i++) this.#words[at + i] = key[i]!
    this.#words.set(values, at + keyWords)
  }

  delete(key: Fingerprint): void {
    let hole = this.#find(key)
    if (!this.#isTaken(hole)) return
    this.#size--
    // What a search would no longer reach across the hole moves into it, and leaves the next one.
    for (let slot = this.#next(hole); this.#isTaken(slot); slot = this.#next(slot)) {
      const home = this.#homeOf(this.#words[slot * this.#slotWords]!)
      if (this.#distance(home, slot) < this.#distance(hole, slot)) continue
      this.#words.copyWithin(hole * this.#slotWords, slot * this.#slotWords, (slot + 1) * this.#slotWords)
      hole = slot
    }
    this.#words.fill(0, hole * this.#slotWords, (hole + 1) * this.#slotWords)
  }

  /** Every key, as the words that stand here for it, and its numbers. */
  *entries(): Generator<readonly [key: Fingerprint, values: readonly number[]]> {
    for (let slot = 0; slot < this.#capacity; slot++) {
      const at = slot * this.#slotWords
      if (this.#isTaken(slot)) yield [this.#words.slice(at, at + keyWords), this.#valuesAt(slot)]
    }
  }

  /** The slot of the key, or the empty one where it would be. */
  #find(key: Fingerprint): number {
    let slot = this.#homeOf(key[0]!)
    while (this.#isTaken(slot) && !this.#isKeyAt(slot, key)) slot = this.#next(slot)
    return slot
  }

  #isTaken(slot: number): boolean {
    return this.#words[slot * this.#slotWords] !== 0
  }

  #isKeyAt(slot: number, key: Fingerprint): boolean {
    const [words, at] = [this.#words, slot * this.#slotWords]
    return words[at] === key[0] && words[at + 1] === key[1] && words[at + 2] === key[2]
  }

  #valuesAt(slot: number): number[] {
    const from = slot * this.#slotWords + keyWords
    return Array.from(this.#words.subarray(from, from + this.#valueWords))
  }

  /** In the order of the fingerprints, for any number of slots. */
  #homeOf(firstWord: number): number {
    return Math.floor((firstWord / wordValues) * this.#capacity)
  }

  #next(slot: number): number {
    return slot + 1 === this.#capacity ? 0 : slot + 1
  }

  #distance(from: number, to: number): number {
    return to >= from ? to - from : to - from + this.#capacity
  }

  #grow(): void {
    const [old, slotWords] = [this.#words, this.#slotWords]
    this.#capacity = Math.ceil(this.#capacity * growth)
    this.#words = new Uint32Array(this.#capacity * slotWords)
    for (let at = 0; at < old.length; at += slotWords) {
      if (old[at] === 0) continue
      const slot = old.subarray(at, at + slotWords)
      this.#words.set(slot, this.#find(slot) * slotWords)
    }
  }
}
