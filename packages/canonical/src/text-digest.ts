// SHA-256 of canonical text that stands in a buffer, taken as it is or in its `-ascii` spelling. One scratch buffer is
// used again and again: a checksum costs its hash and one pass over the bytes.
import { escapeUtf8 } from './escape-utf8.ts'
import { sha256Hex } from './hash.ts'
import { escapeNonAscii } from './json-string.ts'

/** Longer texts go through a string: their scratch buffer would be six times as large. */
const escapedBytesMax = 65_536

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Both methods hash bytes[start, end), whose first byte is taken to be `first`, so that an object can be hashed from
 * behind a member that is left out. Answers 64 lower-case hex digits. The bytes must be canonical text.
 */
export class TextDigest {
  #scratch: Uint8Array = new Uint8Array(4096)
  #scratchView: DataView = new DataView(this.#scratch.buffer)
  /** A view of the whole buffer hashed last, since texts share one. */
  #view: DataView = new DataView(new ArrayBuffer(0))

  /** Of the text as it stands. */
  raw(bytes: Uint8Array, start: number, end: number, first: number): string {
    this.#reserve(end - start)
    const text = this.#scratch.subarray(0, end - start)
    text.set(bytes.subarray(start, end))
    text[0] = first
    return sha256Hex(text)
  }

  /** Of the `-ascii` text of the same value. */
  ascii(bytes: Uint8Array, start: number, end: number, first: number): string {
    if (end - start > escapedBytesMax) return asciiOfLong(bytes, start, end, first)
    this.#reserve(6 * (end - start))
    if (bytes.buffer !== this.#view.buffer) this.#view = new DataView(bytes.buffer)
    const length = escapeUtf8(this.#view, bytes.byteOffset + start, bytes.byteOffset + end, this.#scratchView)
    this.#scratch[0] = first
    return sha256Hex(this.#scratch.subarray(0, length))
  }

  #reserve(length: number): void {
    if (length <= this.#scratch.length) return
    this.#scratch = new Uint8Array(2 * length)
    this.#scratchView = new DataView(this.#scratch.buffer)
  }
}

function asciiOfLong(bytes: Uint8Array, start: number, end: number, first: number): string {
  const rest = decoder.decode(bytes.subarray(start + 1, end))
  return sha256Hex(String.fromCharCode(first) + escapeNonAscii(rest))
}
