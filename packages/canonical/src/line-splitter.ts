// Cuts a byte stream into lines at 0x0A and nowhere else (formats §1.1). Memory stays within one line of the allowed
// length, however long a line of the stream is.

export interface SplitLine {
  /** The line without its LF; empty when it is too long. A view, valid until the next push. */
  bytes: Uint8Array
  /** Offset of the line's first byte in the stream. */
  offset: number
  /** False for bytes behind the last LF. */
  isTerminated: boolean
  /** Over `lineBytesMax`: reported once, its bytes are dropped. */
  isTooLong: boolean
}

const lineBytesMaxDefault = 16 * 1024 * 1024
const none: Uint8Array = new Uint8Array(0)

export class LineSplitter {
  readonly #lineBytesMax: number
  /** Stream offset of the line in progress. */
  #lineOffset = 0
  /** Bytes of the line in progress from earlier chunks; kept at #carryLength, which also counts dropped ones. */
  #carry: Uint8Array = none
  #carryLength = 0
  #isIterating = false

  /** `lineBytesMax` is without LF, 16 MiB unless given. */
  constructor(options: { lineBytesMax?: number } = {}) {
    this.#lineBytesMax = options.lineBytesMax ?? lineBytesMaxDefault
  }

  /** The lines that end in this chunk. Iterate to the end before the next call: lines are cut while iterating. */
  push(chunk: Uint8Array): Iterable<SplitLine> {
    if (this.#isIterating) throw new Error('LineSplitter: finish iterating over the last push first')
    this.#isIterating = true
    return this.#cut(chunk)
  }

  /** What stands behind the last LF, or undefined if nothing does. Call it once, after the last push. */
  end(): SplitLine | undefined {
    if (this.#isIterating) throw new Error('LineSplitter: finish iterating over the last push first')
    return this.#carryLength === 0 ? undefined : this.#finish(none, false)
  }

  *#cut(chunk: Uint8Array): Generator<SplitLine, void, undefined> {
    let from = 0
    for (let lf = chunk.indexOf(0x0a); lf >= 0; lf = chunk.indexOf(0x0a, from)) {
      const rest = chunk.subarray(from, lf)
      from = lf + 1
      yield this.#finish(rest, true)
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from))
    this.#isIterating = false
  }

  #finish(rest: Uint8Array, isTerminated: boolean): SplitLine {
    const length = this.#carryLength + rest.length
    const isTooLong = length > this.#lineBytesMax
    let bytes = rest
    if (isTooLong) bytes = none
    else if (this.#carryLength > 0) {
      this.#keep(rest)
      bytes = this.#carry.subarray(0, length)
    }
    const line = { bytes, offset: this.#lineOffset, isTerminated, isTooLong }
    this.#lineOffset += length + (isTerminated ? 1 : 0)
    // A fresh carry for the next line: this one is now the caller's view.
    if (this.#carryLength > 0) this.#carry = none
    this.#carryLength = 0
    return line
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#carryLength + bytes.length
    if (length > this.#lineBytesMax) {
      this.#carry = none
    } else {
      if (length > this.#carry.length) {
        const larger = new Uint8Array(Math.min(this.#lineBytesMax, Math.max(length, this.#carry.length * 2)))
        larger.set(this.#carry.subarray(0, this.#carryLength))
        this.#carry = larger
      }
      this.#carry.set(bytes, this.#carryLength)
    }
    this.#carryLength = length
  }
}

/** True if the line holds only 0x20, 0x09 and 0x0D, or nothing. NUL bytes are never blank. */
export function isBlank(line: Uint8Array): boolean {
  for (let i = 0; i < line.length; i++) {
    const byte = line[i]
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false
  }
  return true
}
