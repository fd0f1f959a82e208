// Short texts that come again and again in one world, names of axes and characters above all: found by their bytes
// instead of being decoded each time. Bounded: a slot keeps the text that came last.

const slotCount = 1024
/** Longer texts are decoded each time. */
const bytesMax = 48

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

interface Slot {
  readonly bytes: Uint8Array
  readonly text: string
}

export class TextCache {
  /** Made with the first text: a ledger that is only read has none. */
  #slots: (Slot | undefined)[] = []

  /** The UTF-8 text bytes[start, end). */
  textOf(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start
    if (length > bytesMax) return decoder.decode(bytes.subarray(start, end))
    if (this.#slots.length === 0) this.#slots = Array.from({ length: slotCount }, () => undefined)
    let hash = length
    for (let i = start; i < end; i++) hash = Math.imul(hash, 31) + (bytes[i] ?? 0)
    const index = (hash ^ (hash >>> 10)) & (slotCount - 1)
    const slot = this.#slots[index]
    if (slot !== undefined && isSame(slot.bytes, bytes, start, length)) return slot.text
    // A copy: slice() of a Buffer would be a view of bytes that change.
    const own = Uint8Array.prototype.slice.call(bytes, start, end)
    const text = decoder.decode(own)
    this.#slots[index] = { bytes: own, text }
    return text
  }
}

function isSame(own: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (own.length !== length) return false
  for (let i = 0; i < length; i++) if (own[i] !== bytes[start + i]) return false
  return true
}
