// Records that were printed over several lines, put on one line each. Only the blanks between tokens change: numbers,
// escapes, repeated keys and the order of members come out byte for byte, so that signatures and evidence survive.

const lineFeed = 0x0a
const quote = 0x22
const backslash = 0x5c
const encoder = new TextEncoder()
const comma = encoder.encode(', ')
const colon = encoder.encode(': ')
const recordBytesMaxDefault = 16 * 1024 * 1024

export interface JoinedRecord {
  /** One line, without LF. It belongs to the caller. Empty if it is too long. */
  readonly bytes: Uint8Array
  /** Byte offset of the record's first byte in the source. */
  readonly offset: number
  /** False for what the source ended in the middle of. */
  readonly isWhole: boolean
  /** Over the limit: reported once, its bytes are dropped. */
  readonly isTooLong: boolean
}

/**
 * Takes a stream of JSON values with any blanks in and between them. A value ends where its outermost bracket closes; a
 * value without brackets, at the next blank. What is no JSON comes out as it is, for the reader to judge.
 */
export class RecordJoiner {
  readonly #recordBytesMax: number
  #line: Uint8Array = new Uint8Array(4096)
  #length = 0
  #depth = 0
  #isInString = false
  #isEscaped = false
  /** Source bytes of earlier chunks. */
  #consumed = 0
  /** Where the record in progress began; -1 between records. */
  #start = -1

  /** `recordBytesMax` is that of a line, 16 MiB unless given. */
  constructor(options: { readonly recordBytesMax?: number } = {}) {
    this.#recordBytesMax = options.recordBytesMax ?? recordBytesMaxDefault
  }

  /** The records that end in this chunk. Iterate to the end before the next call. */
  *push(chunk: Uint8Array): Generator<JoinedRecord, void, undefined> {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (this.#start === -1 && !isBlankByte(byte)) this.#start = this.#consumed + at
      // No string holds a line feed: one that does was cut off, and what follows is another record.
      if (this.#isInString && byte === lineFeed) yield this.#finish({ isWhole: false })
      else if (this.#start !== -1 && this.#take(byte)) yield this.#finish({ isWhole: true })
    }
    this.#consumed += chunk.length
  }

  /** What the source ended in: a value without brackets is whole, anything else is not. Undefined if nothing is left. */
  end(): JoinedRecord | undefined {
    return this.#start === -1 ? undefined : this.#finish({ isWhole: this.#depth === 0 && !this.#isInString })
  }

  /** True if the record is complete with this byte. */
  #take(byte: number): boolean {
    if (this.#isInString) {
      this.#put(byte)
      if (this.#isEscaped) this.#isEscaped = false
      else if (byte === backslash) this.#isEscaped = true
      else if (byte === quote) {
        this.#isInString = false
        return this.#depth === 0
      }
      return false
    }
    if (isBlankByte(byte)) return this.#depth === 0
    if (byte === 0x2c || byte === 0x3a) {
      for (const piece of byte === 0x2c ? comma : colon) this.#put(piece)
      return false
    }
    this.#put(byte)
    if (byte === quote) this.#isInString = true
    else if (byte === 0x7b || byte === 0x5b) this.#depth++
    else if (byte === 0x7d || byte === 0x5d) return --this.#depth <= 0
    return false
  }

  #put(byte: number): void {
    if (this.#length === this.#line.length && this.#length < this.#recordBytesMax) {
      const larger = new Uint8Array(Math.min(this.#recordBytesMax, this.#length * 2))
      larger.set(this.#line)
      this.#line = larger
    }
    // Beyond the limit bytes are only counted.
    if (this.#length < this.#line.length) this.#line[this.#length] = byte
    this.#length++
  }

  #finish({ isWhole }: { readonly isWhole: boolean }): JoinedRecord {
    const isTooLong = this.#length > this.#recordBytesMax
    const bytes = isTooLong ? new Uint8Array(0) : this.#line.slice(0, this.#length)
    const record = { bytes, offset: this.#start, isWhole, isTooLong }
    this.#length = 0
    this.#depth = 0
    this.#isInString = false
    this.#isEscaped = false
    this.#start = -1
    return record
  }
}

function isBlankByte(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
