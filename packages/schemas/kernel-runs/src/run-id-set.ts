// The run ids seen in one ledger, as fingerprints of 104 bits of their SHA-256: 8 bits choose a shard, 96 stand in it.
// 16 to 32 bytes per id, whatever its length; the odds of one false match among ten million ids are below 1 in 10^17.
// Shards grow one at a time, so no growth needs much room or time at once.
import { sha256 } from '@ledgerd/canonical'

const shardCount = 256
const slotWords = 3
const capacityMin = 16
const encoder = new TextEncoder()

interface Shard {
  /** Three words per slot; an empty one is all zeros. */
  slots: Uint32Array
  /** A power of two. */
  capacity: number
  size: number
}

export class RunIdSet {
  readonly #shards: (Shard | undefined)[] = Array.from({ length: shardCount })
  #size = 0
  /** The id asked about last: whether it is there is asked just before it is added. */
  #runId: string | undefined
  /** Its fingerprint: the shard, and what stands in it, which is never all zeros. */
  #shard = 0
  readonly #words: Uint32Array = new Uint32Array(slotWords)

  get size(): number {
    return this.#size
  }

  /** Bytes held by the tables. */
  get bytes(): number {
    return this.#shards.reduce((sum, shard) => sum + (shard?.slots.byteLength ?? 0), 0)
  }

  has(runId: string): boolean {
    this.#print(runId)
    const shard = this.#shards[this.#shard]
    return shard !== undefined && isFull(shard, find(shard, this.#words))
  }

  /** False if it was there. */
  add(runId: string): boolean {
    this.#print(runId)
    const shard = (this.#shards[this.#shard] ??= emptyShard(capacityMin))
    let slot = find(shard, this.#words)
    if (isFull(shard, slot)) return false
    if ((shard.size + 1) * 4 > shard.capacity * 3) {
      grow(shard)
      slot = find(shard, this.#words)
    }
    shard.slots.set(this.#words, slot * slotWords)
    shard.size++
    this.#size++
    return true
  }

  /** Takes an id out again that `add` took in. */
  remove(runId: string): void {
    this.#print(runId)
    const shard = this.#shards[this.#shard]
    if (shard === undefined) return
    const slot = find(shard, this.#words)
    if (!isFull(shard, slot)) return
    clear(shard, slot)
    shard.size--
    this.#size--
  }

  #print(runId: string): void {
    if (runId === this.#runId) return
    const words = this.#words
    const digest = sha256(encoder.encode(runId))
    const view = new DataView(digest.buffer, digest.byteOffset)
    for (let i = 0; i < slotWords; i++) words[i] = view.getUint32(4 * i)
    if (words[0] === 0 && words[1] === 0 && words[2] === 0) words[2] = 1
    this.#shard = view.getUint8(4 * slotWords)
    this.#runId = runId
  }
}

function emptyShard(capacity: number): Shard {
  return { slots: new Uint32Array(capacity * slotWords), capacity, size: 0 }
}

function isFull({ slots }: Shard, slot: number): boolean {
  const at = slot * slotWords
  return slots[at] !== 0 || slots[at + 1] !== 0 || slots[at + 2] !== 0
}

/** The slot that holds the fingerprint, or the empty one where it would go. A quarter of all slots is always empty. */
function find(shard: Shard, words: Uint32Array): number {
  const { slots, capacity } = shard
  let slot = words[0]! & (capacity - 1)
  for (;;) {
    const at = slot * slotWords
    if (slots[at] === words[0] && slots[at + 1] === words[1] && slots[at + 2] === words[2]) return slot
    if (!isFull(shard, slot)) return slot
    slot = (slot + 1) & (capacity - 1)
  }
}

function grow(shard: Shard): void {
  const { slots: old, capacity } = shard
  shard.capacity = capacity * 2
  shard.slots = new Uint32Array(shard.capacity * slotWords)
  for (let at = 0; at < old.length; at += slotWords) {
    const words = old.subarray(at, at + slotWords)
    if (words[0] !== 0 || words[1] !== 0 || words[2] !== 0) shard.slots.set(words, find(shard, words) * slotWords)
  }
}

/** Empties a slot and moves those behind it up that would not be found over a hole. */
function clear(shard: Shard, slot: number): void {
  const { slots, capacity } = shard
  const mask = capacity - 1
  let hole = slot
  for (let next = (slot + 1) & mask; isFull(shard, next); next = (next + 1) & mask) {
    const home = slots[next * slotWords]! & mask
    if (((next - home) & mask) < ((next - hole) & mask)) continue
    slots.copyWithin(hole * slotWords, next * slotWords, (next + 1) * slotWords)
    hole = next
  }
  slots.fill(0, hole * slotWords, (hole + 1) * slotWords)
}
