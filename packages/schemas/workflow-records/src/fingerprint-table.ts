// A map from fingerprints to a few numbers, in one typed array: what the invariants remember costs the same few bytes per
// key at ten million lines, and no garbage. Every change can be undone, newest first.
import type { Fingerprint } from './fingerprint.ts'

const keyWords = 4
const capacityMin = 64

export type Undo = () => void

export class FingerprintTable {
  readonly #valueWords: number
  readonly #slotWords: number
  #capacity: number = capacityMin
  /** Slots of: one word that is 1 if the slot is taken, the key, the values. */
  #words: Uint32Array
  #size = 0

  /** Each key has `valueWords` numbers from 0 to 2^32 - 1. */
  constructor(valueWords: number) {
    this.#valueWords = valueWords
    this.#slotWords = 1 + keyWords + valueWords
    this.#words = new Uint32Array(this.#capacity * this.#slotWords)
  }

  get size(): number {
    return this.#size
  }

  /** Memory held, for the figures in the README. */
  get bytes(): number {
    return this.#words.byteLength
  }

  has(key: Fingerprint): boolean {
    return this.#words[this.#slotOf(key)] === 1
  }

  /** The numbers of a key; undefined if it is not there. */
  get(key: Fingerprint): readonly number[] | undefined {
    const at = this.#slotOf(key)
    if (this.#words[at] !== 1) return undefined
    const from = at + 1 + keyWords
    return Array.from(this.#words.subarray(from, from + this.#valueWords))
  }

  /** Sets the numbers of a key, or without numbers takes the key out. Returns how to bring back what was there. */
  put(key: Fingerprint, values: readonly number[] | undefined): Undo {
    const before = this.get(key)
    this.#store(key, values)
    return () => this.#store(key, before)
  }

  *entries(): Generator<readonly [key: Fingerprint, values: readonly number[]]> {
    for (let at = 0; at < this.#words.length; at += this.#slotWords) {
      if (this.#words[at] !== 1) continue
      const from = at + 1 + keyWords
      yield [this.#words.slice(at + 1, from), Array.from(this.#words.subarray(from, from + this.#valueWords))]
    }
  }

  #store(key: Fingerprint, values: readonly number[] | undefined): void {
    if (values === undefined) return this.#remove(key)
    if ((this.#size + 1) * 4 > this.#capacity * 3) this.#grow()
    const at = this.#slotOf(key)
    if (this.#words[at] !== 1) this.#size++
    this.#words[at] = 1
    this.#words.set(key, at + 1)
    this.#words.set(values, at + 1 + keyWords)
  }

  /** Slots behind the hole are moved up, so that no probe stops short of its key. */
  #remove(key: Fingerprint): void {
    let hole = this.#slotOf(key)
    if (this.#words[hole] !== 1) return
    this.#size--
    const length = this.#words.length
    for (let at = (hole + this.#slotWords) % length; this.#words[at] === 1; at = (at + this.#slotWords) % length) {
      const home = this.#homeOf(this.#words, at + 1)
      const isReachable = hole <= at ? home <= hole || home > at : home <= hole && home > at
      if (!isReachable) continue
      this.#words.copyWithin(hole, at, at + this.#slotWords)
      hole = at
    }
    this.#words.fill(0, hole, hole + this.#slotWords)
  }

  /** Where the key is, or the free slot where it would be. */
  #slotOf(key: Fingerprint): number {
    const words = this.#words
    let at = this.#homeOf(key, 0)
    while (words[at] === 1 && !isSame(words, at + 1, key)) {
      at += this.#slotWords
      if (at === words.length) at = 0
    }
    return at
  }

  #homeOf(words: Uint32Array, from: number): number {
    return ((words[from] ?? 0) & (this.#capacity - 1)) * this.#slotWords
  }

  #grow(): void {
    const old = this.#words
    this.#capacity *= 2
    this.#words = new Uint32Array(this.#capacity * this.#slotWords)
    for (let at = 0; at < old.length; at += this.#slotWords) {
      if (old[at] !== 1) continue
      const slot = old.subarray(at, at + this.#slotWords)
      this.#words.set(slot, this.#slotOf(slot.subarray(1, 1 + keyWords)))
    }
  }
}

function isSame(words: Uint32Array, from: number, key: Fingerprint): boolean {
  return (
    words[from] === key[0] && words[from + 1] === key[1] && words[from + 2] === key[2] && words[from + 3] === key[3]
  )
}
