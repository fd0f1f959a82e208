// A group while it is being sealed: lines in their final bytes, one after the other in a buffer that becomes the write,
// the frame to followers and nothing else. Sealing here overlaps the sync of the group before it.
import type { AdmittedDraft, LineWriter } from '@ledgerd/schema'
import { invariant } from '@ledgerd/schema/errors'
import { leafHash } from '@ledgerd/proof'
import type { Fingerprint } from '../index/identity-table.ts'
import type { LineIndex } from '../index/line-index.ts'
import { formatRecord, leafBytes, recordBytes } from '../index/line-record.ts'
import type { GroupBuffers } from './group-buffers.ts'
import type { Ticket } from './ticket.ts'

const recordsMin = 64
const none = Buffer.alloc(0)

/** Room that the group is likely to need; any is right. */
export interface Expected {
  readonly bytes: number
  readonly lines: number
}

export class Group {
  /** Sequence number and byte offset of the first line. */
  readonly from: number
  readonly start: number
  readonly tickets: Ticket[] = []
  readonly #buffers: GroupBuffers
  readonly #expected: Expected
  /** Empty until the first line: most groups of an idle ledger never get one. */
  #bytes: Buffer = none
  #length = 0
  #count = 0
  /** One index record a line; the leaf hashes of receipts come from here. */
  #records: Buffer = none

  constructor(from: number, start: number, buffers: GroupBuffers, expected: Expected) {
    this.from = from
    this.start = start
    this.#buffers = buffers
    this.#expected = expected
  }

  get count(): number {
    return this.#count
  }

  get length(): number {
    return this.#length
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  get records(): Buffer {
    return this.#records.subarray(0, this.#count * recordBytes)
  }

  /** Seals one draft as the next line and takes it into the index; returns its sequence number. */
  seal(writer: LineWriter, draft: AdmittedDraft, print: Fingerprint, timeMs: number, index: LineIndex): number {
    const seq = this.from + this.#count
    const begin = this.#length
    this.#reserve(draft.lineBytesMax)
    const end = writer.seal(draft, { seq, timeMs }, this.#bytes, begin)
    invariant(
      end - begin <= draft.lineBytesMax && this.#bytes[end - 1] === 0x0a,
      'a sealed line keeps its promised length',
    )
    const leaf = leafHash(this.#bytes.subarray(begin, end - 1))
    formatRecord(this.#records, this.#count * recordBytes, leaf, this.start + end, print)
    index.edge.append(leaf)
    index.add(this.start + end, print)
    this.#length = end
    this.#count++
    return seq
  }

  /** A line of this group, without LF; undefined when it is in another. */
  line(seq: number): Uint8Array | undefined {
    const at = seq - this.from
    if (at < 0 || at >= this.#count) return undefined
    const begin = at === 0 ? 0 : this.#endOf(at - 1)
    return this.#bytes.subarray(begin, this.#endOf(at) - 1)
  }

  /** Leaf hash of a line of this group, 64 hex digits. */
  leafHex(seq: number): string {
    const at = (seq - this.from) * recordBytes
    return this.#records.toString('hex', at, at + leafBytes)
  }

  #endOf(at: number): number {
    return this.#records.readDoubleBE(at * recordBytes + leafBytes) - this.start
  }

  /** Gives the lines' buffer back: whoever had the bytes is done with them. The records stay. */
  release(): void {
    this.#buffers.giveBack(this.#bytes)
    this.#bytes = none
  }

  #reserve(lineBytes: number): void {
    if (this.#length + lineBytes > this.#bytes.length) {
      const wanted = Math.max(this.#expected.bytes, this.#bytes.length * 2, this.#length + lineBytes)
      const grown = this.#buffers.take(wanted)
      this.#bytes.copy(grown, 0, 0, this.#length)
      this.#buffers.giveBack(this.#bytes)
      this.#bytes = grown
    }
    if ((this.#count + 1) * recordBytes > this.#records.length) {
      const lines = Math.max(recordsMin, this.#expected.lines, this.#count * 2)
      const grown = Buffer.allocUnsafe(lines * recordBytes)
      this.#records.copy(grown)
      this.#records = grown
    }
  }
}
