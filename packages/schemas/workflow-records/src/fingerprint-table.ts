// A map from fingerprints to a few numbers, in typed arrays: what the invariants remember costs the same few bytes per key
// at ten million lines, and no garbage. Every change can be undone, newest first. A large table is kept in parts that
// grow one at a time, so that no growth holds the daemon up or needs much room at once.
import { FingerprintSlots } from './fingerprint-slots.ts'
import type { Fingerprint } from './fingerprint.ts'

const slotsMin = 8
/** Below this a table is one part: most ledgers are small, and a daemon has many of them open. */
const keysInOneMax = 32_768
/** The upper bits of the third word choose the part; the first word chooses the place in it. */
const partBits = 6
const partCount = 2 ** partBits

export type Undo = () => void

export class FingerprintTable {
  readonly #valueWords: number
  #parts: readonly FingerprintSlots[]

  /** Each key has `valueWords` numbers from 0 to 2^32 - 1. */
  constructor(valueWords: number) {
    this.#valueWords = valueWords
    this.#parts = [new FingerprintSlots(valueWords, slotsMin)]
  }

  get size(): number {
    return this.#parts.reduce((sum, { size }) => sum + size, 0)
  }

  /** Memory held, for the figures in the README. */
  get bytes(): number {
    return this.#parts.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  has(key: Fingerprint): boolean {
    return this.#partOf(key).has(key)
  }

  /** The numbers of a key; undefined if it is not there. */
  get(key: Fingerprint): readonly number[] | undefined {
    return this.#partOf(key).get(key)
  }

  /** Sets the numbers of a key, or without numbers takes the key out. Returns how to bring back what was there. */
  put(key: Fingerprint, values: readonly number[] | undefined): Undo {
    const before = this.get(key)
    this.#store(key, values)
    return () => this.#store(key, before)
  }

  /** The numbers of every key, in no order that means anything. */
  *values(): Generator<readonly number[]> {
    for (const part of this.#parts) for (const [, values] of part.entries()) yield values
  }

  #store(key: Fingerprint, values: readonly number[] | undefined): void {
    const part = this.#partOf(key)
    if (values === undefined) return part.delete(key)
    part.set(key, values)
    if (this.#parts.length === 1 && part.size > keysInOneMax) this.#split(part)
  }

  #partOf(key: Fingerprint): FingerprintSlots {
    return this.#parts.length === 1 ? this.#parts[0]! : this.#parts[key[2]! >>> (32 - partBits)]!
  }

  #split(whole: FingerprintSlots): void {
    const capacity = Math.ceil((keysInOneMax / partCount) * 1.5)
    this.#parts = Array.from({ length: partCount }, () => new FingerprintSlots(this.#valueWords, capacity))
    for (const [key, values] of whole.entries()) this.#partOf(key).set(key, values)
  }
}
