// The ordering hash: SHA-1 over the emitted lines of an artifact, each followed by LF, in the order they were emitted
// (formats §4.2). Streams: memory does not grow with the artifact. The same in Node and in browsers.
import { openHash } from '@ledgerd/canonical'
import type { Finding } from '@ledgerd/schema'
import { chunkHashesMax } from './chunk-hashes.ts'
import type { ChunkHashes } from './chunk-hashes.ts'

export interface OrderingDigest {
  readonly algo: 'sha1'
  /** 40 lower-case hex digits. */
  readonly value: string
  /** Lines, which the hash alone does not tell: one line "a\nb" and two lines "a", "b" hash alike. */
  readonly count: number
  /** `sha1:` and `value`. */
  readonly hash: string
}

export interface OrderingHasher {
  /** Takes the next line: `String(value ?? '')`, in UTF-8, and LF. Nothing is normalised. */
  update(value: unknown): void
  /** Of all lines so far; more may follow. */
  digest(): OrderingDigest
  /** The running hashes so far, for `artifact` events; undefined if none were asked for. */
  chunkHashes(): ChunkHashes | undefined
  /** An `ambiguous-line` W for each line that other lines hash alike; the first hundred. `line` counts hashed lines. */
  findings(): readonly Finding[]
}

export interface OrderingHasherOptions {
  /** Keep the running hash after every so many lines. Doubles by itself when there would be more than 1,024 of them. */
  readonly chunkLines?: number
}

const bufferBytes = 65_536
/** A line of up to a third of the buffer's units surely fits, as a UTF-16 unit takes at most three bytes of UTF-8. */
const shortLineUnitsMax = Math.floor(bufferBytes / 3) - 1
const findingsMax = 100
const ambiguous = /[\n\p{Surrogate}]/u
const encoder = new TextEncoder()

/** Opens a hasher. Throws RangeError if `chunkLines` is no positive integer. */
export function createOrderingHasher(options: OrderingHasherOptions = {}): OrderingHasher {
  return new LineHasher(options.chunkLines)
}

/** The digest of lines that are all there. Null for no lines: those are recorded as no entry (formats §4.2). */
export function digestLines(lines: Iterable<unknown>): OrderingDigest | null {
  const hasher = createOrderingHasher()
  for (const line of lines) hasher.update(line)
  const digest = hasher.digest()
  return digest.count === 0 ? null : digest
}

/**
 * The digest of rows, each as `JSON.stringify` emits it, so that the order of members is evidence. Where the emitted
 * text exists, hash that with `digestLines`: reading it back moves integer-like keys and turns 1.0 into 1.
 */
export function digestRows(rows: Iterable<unknown>): OrderingDigest | null {
  return digestLines(emitRows(rows))
}

function* emitRows(rows: Iterable<unknown>): Iterable<unknown> {
  for (const row of rows) yield JSON.stringify(row)
}

class LineHasher implements OrderingHasher {
  readonly #hash = openHash('sha1')
  readonly #buffer = new Uint8Array(bufferBytes)
  #buffered = 0
  #hashedBytes = 0
  #count = 0
  /** Undefined when no running hashes are kept. */
  #chunkLines: number | undefined
  #chunks: string[] = []
  readonly #findings: Finding[] = []

  constructor(chunkLines: number | undefined) {
    if (chunkLines !== undefined && !(Number.isSafeInteger(chunkLines) && chunkLines > 0))
      throw new RangeError('chunkLines must be a positive integer')
    this.#chunkLines = chunkLines
  }

  update(value: unknown): void {
    // oxlint-disable-next-line typescript/no-base-to-string -- what the original hashes for an object, too
    const line = String(value ?? '')
    this.#count++
    if (this.#findings.length < findingsMax && ambiguous.test(line)) this.#addAmbiguous(line)
    if (line.length > shortLineUnitsMax) this.#takeLong(line)
    else this.#takeShort(line)
    if (this.#chunkLines !== undefined && this.#count % this.#chunkLines === 0) this.#closeChunk(this.#chunkLines)
  }

  digest(): OrderingDigest {
    this.#flush()
    const value = this.#hash.hex()
    return { algo: 'sha1', value, count: this.#count, hash: `sha1:${value}` }
  }

  chunkHashes(): ChunkHashes | undefined {
    if (this.#chunkLines === undefined) return undefined
    return { chunkLines: this.#chunkLines, hashes: [...this.#chunks] }
  }

  findings(): readonly Finding[] {
    return [...this.#findings]
  }

  #takeShort(line: string): void {
    if (this.#buffered + 3 * line.length + 1 > bufferBytes) this.#flush()
    this.#buffered += encoder.encodeInto(line, this.#buffer.subarray(this.#buffered)).written
    this.#buffer[this.#buffered++] = 0x0a
  }

  #takeLong(line: string): void {
    this.#flush()
    const bytes = encoder.encode(line)
    this.#hash.update(bytes)
    this.#hashedBytes += bytes.length
    this.#buffer[this.#buffered++] = 0x0a
  }

  #flush(): void {
    if (this.#buffered === 0) return
    this.#hash.update(this.#buffer.subarray(0, this.#buffered))
    this.#hashedBytes += this.#buffered
    this.#buffered = 0
  }

  /** Running hashes can be thinned out without losing what they say: every second one of N lines is one of 2 N lines. */
  #closeChunk(chunkLines: number): void {
    this.#flush()
    this.#chunks.push(this.#hash.hex())
    if (this.#chunks.length <= chunkHashesMax) return
    this.#chunks = this.#chunks.filter((_, index) => index % 2 === 1)
    this.#chunkLines = 2 * chunkLines
  }

  #addAmbiguous(line: string): void {
    const message = line.includes('\n')
      ? 'The line holds a line feed: it hashes like the lines that it would be cut into.'
      : 'The line holds half a surrogate pair: it hashes like U+FFFD.'
    const offset = this.#hashedBytes + this.#buffered
    this.#findings.push({ code: 'ambiguous-line', severity: 'W', line: this.#count, offset, message })
  }
}
