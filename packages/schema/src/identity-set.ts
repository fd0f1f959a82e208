// The identities seen in one file, 16 bytes each and at most 43 with the room to find them, so that ten million lines
// cost 256 MiB and no garbage. Ids of 32 hex digits are kept exactly; any other is kept as the first half of its SHA-256.
import { sha256 } from '@ledgerd/canonical'
import { hexWord } from './hex.ts'

const wordsPerId = 4
const digitsPerWord = 8
const hexId = /^[0-9a-f]{32}$/
const encoder = new TextEncoder()
/** A file made to collide in the table falls back to a Set, whose hashing nobody outside can aim at. */
const probesMax = 64

export class IdentitySet {
  #capacity: number
  #slots: Uint32Array
  #size = 0
  #hasZero = false
  readonly #overflow: Set<string> = new Set()
  readonly #id: Uint32Array = new Uint32Array(wordsPerId)

  /** `capacity` is a power of two. */
  constructor(capacity = 1024) {
    this.#capacity = capacity
    this.#slots = new Uint32Array(capacity * wordsPerId)
  }

  get size(): number {
    return this.#size + this.#overflow.size + (this.#hasZero ? 1 : 0)
  }

  /** Adds an identity; false if it was there. */
  add(identity: string): boolean {
    const bytes = encoder.encode(identity)
    if (hexId.test(identity)) return this.addHex(bytes, 0)
    const digest = sha256(bytes)
    const view = new DataView(digest.buffer, digest.byteOffset)
    for (let i = 0; i < wordsPerId; i++) this.#id[i] = view.getUint32(4 * i)
    return this.#add()
  }

  /** Adds the identity whose 32 hex digits, checked before, stand at `at`; false if it was there. */
  addHex(bytes: Uint8Array, at: number): boolean {
    for (let i = 0; i < wordsPerId; i++) this.#id[i] = hexWord(bytes, at + i * digitsPerWord)
    return this.#add()
  }

  #add(): boolean {
    const id = this.#id
    if ((id[0] ?? 0) + (id[1] ?? 0) + (id[2] ?? 0) + (id[3] ?? 0) === 0) {
      const isNew = !this.#hasZero
      this.#hasZero = true
      return isNew
    }
    if (this.#size * 4 >= this.#capacity * 3) this.#grow()
    return this.#insert(this.#slots, this.#capacity, id, 0)
  }

  /** An empty slot is all zeros; the id of all zeros is kept apart. */
  #insert(slots: Uint32Array, capacity: number, id: Uint32Array, from: number): boolean {
    const [a = 0, b = 0, c = 0, d = 0] = [id[from], id[from + 1], id[from + 2], id[from + 3]]
    let slot = (Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^ Math.imul(c, 0xc2b2ae3d) ^ d) & (capacity - 1)
    for (let probe = 0; probe < probesMax; probe++) {
      const at = slot * wordsPerId
      const isEmpty = slots[at] === 0 && slots[at + 1] === 0 && slots[at + 2] === 0 && slots[at + 3] === 0
      if (isEmpty) {
        slots[at] = a
        slots[at + 1] = b
        slots[at + 2] = c
        slots[at + 3] = d
        this.#size++
        return true
      }
      if (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c && slots[at + 3] === d) return false
      slot = (slot + 1) & (capacity - 1)
    }
    const key = `${a}:${b}:${c}:${d}`
    if (this.#overflow.has(key)) return false
    this.#overflow.add(key)
    return true
  }

  /** Ids in the overflow stay there: a full probe run of the old table says nothing about the new one. */
  #grow(): void {
    const old = this.#slots
    const capacity = this.#capacity * 2
    const slots = new Uint32Array(capacity * wordsPerId)
    this.#size = 0
    for (let at = 0; at < old.length; at += wordsPerId) {
      if (old[at] === 0 && old[at + 1] === 0 && old[at + 2] === 0 && old[at + 3] === 0) continue
      this.#insert(slots, capacity, old, at)
    }
    this.#slots = slots
    this.#capacity = capacity
  }
}
