// Frames of lines as received, and the lines cut from them one at a time, as views: nothing is copied and nothing is cut
// before it is taken.
import { LedgerError } from '@ledgerd/schema'
import type { LinesFrame } from '@ledgerd/protocol'
import type { Platform } from './platform.ts'

/** One line, byte for byte, without its LF. A view into the frame it came in: copy it to keep it for long. */
export interface Line {
  readonly ledger: string
  readonly seq: number
  readonly line: Uint8Array
}

interface Chunk {
  readonly frame: LinesFrame
  readonly body: Uint8Array
}

const LF = 0x0a

export class LineBuffer {
  readonly #indexOfByte: Platform['indexOfByte']
  #chunks: Chunk[] = []
  /** First chunk not taken whole. */
  #head = 0
  /** Line index and byte offset in it. */
  #index = 0
  #at = 0
  #bytes = 0

  constructor({ indexOfByte }: Pick<Platform, 'indexOfByte'>) {
    this.#indexOfByte = indexOfByte
  }

  /** Bytes not taken yet. */
  get bytes(): number {
    return this.#bytes
  }

  push(frame: LinesFrame, body: Uint8Array): void {
    this.#chunks.push({ frame, body })
    this.#bytes += body.length
  }

  /** The next line; undefined if there is none now. Throws INTEGRITY_BROKEN if a body does not hold `n` lines. */
  take(): Line | undefined {
    const chunk = this.#chunks[this.#head]
    if (chunk === undefined) return undefined
    const { frame, body } = chunk
    const start = this.#at
    const end = this.#indexOfByte(body, LF, start)
    if (end < 0) throw wrongCount(frame)
    const seq = frame.seqs === undefined ? frame.from + this.#index : (frame.seqs[this.#index] as number)
    this.#index += 1
    this.#at = end + 1
    this.#bytes -= end + 1 - start
    if (this.#index === frame.n) this.#leaveChunk(chunk)
    return { ledger: frame.ledger, seq, line: body.subarray(start, end) }
  }

  clear(): void {
    this.#chunks = []
    this.#head = 0
    this.#index = 0
    this.#at = 0
    this.#bytes = 0
  }

  #leaveChunk(chunk: Chunk): void {
    if (this.#at !== chunk.body.length) throw wrongCount(chunk.frame)
    this.#head += 1
    this.#index = 0
    this.#at = 0
    if (this.#head < this.#chunks.length && this.#head < 64) return
    this.#chunks = this.#chunks.slice(this.#head)
    this.#head = 0
  }
}

function wrongCount(frame: LinesFrame): LedgerError {
  return new LedgerError(
    'INTEGRITY_BROKEN',
    `the daemon sent a frame of ${frame.ledger} that does not hold ${frame.n} lines`,
    {
      details: { ledger: frame.ledger, seq: frame.from },
    },
  )
}
