// Which lines may carry an identity: a compact hash table from a 64-bit fingerprint to sequence numbers. A hit is a
// candidate only; the caller reads the line and compares. 12 bytes a slot, filled to two thirds at most.
import { invariant } from '@ledgerd/schema/errors'

const empty = 0xffff_ffff
const slotWords = 3
/** Most ledgers are short, and thousands may be open. */
const slotsMin = 16

/** Two 32-bit halves of a fingerprint, written by `fingerprint`. */
export interface Fingerprint {
  high: number
  low: number
}

/** Mixes an identity with a seed that is secret to this ledger, so that nobody can choose ids that collide. */
export function fingerprint(identity: string, seed: Fingerprint, into: Fingerprint): void {
  let high = seed.high ^ identity.length
  let low = seed.low
  for (let at = 0; at < identity.length; at++) {
    const unit = identity.charCodeAt(at)
    high = Math.imul(high ^ unit, 0x85eb_ca6b)
    high = (high << 13) | (high >>> 19)
    low = Math.imul(low ^ unit ^ high, 0xc2b2_ae35)
    low = (low << 17) | (low >>> 15)
  }
  high ^= low >>> 15
  high = Math.imul(high, 0x27d4_eb2f)
  low ^= high >>> 13
  low = Math.imul(low, 0x1656_67b1)
  into.high = (high ^ (high >>> 16)) >>> 0
  into.low = (low ^ (low >>> 16)) >>> 0
}

export class IdentityTable {
  #slots: Uint32Array
  #mask: number
  #size = 0

  constructor(expected = 0) {
    let capacity = slotsMin
    while (capacity * 2 < expected * 3) capacity *= 2
    this.#slots = new Uint32Array(capacity * slotWords).fill(empty)
    this.#mask = capacity - 1
  }

  get size(): number {
    return this.#size
  }

  get bytes(): number {
    return this.#slots.byteLength
  }

  /** Remembers that line `seq` carries this fingerprint. Equal fingerprints live side by side. */
  add(print: Fingerprint, seq: number): void {
    invariant(seq < empty, 'a ledger holds fewer than 2^32 - 1 lines')
    if ((this.#size + 1) * 3 > (this.#mask + 1) * 2) this.#grow()
    this.#place(print.high, print.low, seq)
    this.#size++
  }

  /** The first sequence number with this fingerprint at or after probe position `from`; -1 when there is none. */
  find(print: Fingerprint): number {
    const slots = this.#slots
    for (let slot = print.low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * slotWords
      const seq = slots[at + 2] as number
      if (seq === empty) return -1
      if (slots[at] === print.high && slots[at + 1] === print.low) return seq
    }
  }

  /** All sequence numbers with this fingerprint, in the order they were added. */
  findAll(print: Fingerprint): number[] {
    const found: number[] = []
    for (let slot = print.low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * slotWords
      const seq = this.#slots[at + 2] as number
      if (seq === empty) return found.sort((a, b) => a - b)
      if (this.#slots[at] === print.high && this.#slots[at + 1] === print.low) found.push(seq)
    }
  }

  #place(high: number, low: number, seq: number): void {
    const slots = this.#slots
    let slot = low & this.#mask
    while (slots[slot * slotWords + 2] !== empty) slot = (slot + 1) & this.#mask
    slots[slot * slotWords] = high
    slots[slot * slotWords + 1] = low
    slots[slot * slotWords + 2] = seq
  }

  #grow(): void {
    const old = this.#slots
    const capacity = (this.#mask + 1) * 2
    this.#slots = new Uint32Array(capacity * slotWords).fill(empty)
    this.#mask = capacity - 1
    for (let at = 0; at < old.length; at += slotWords) {
      const seq = old[at + 2] as number
      if (seq !== empty) this.#place(old[at] as number, old[at + 1] as number, seq)
    }
  }
}
