// The head record: the evidence of what is committed. Two slots of 512 bytes, written in turn, each with a checksum over
// itself, so that a torn write of one leaves the other (reliability: commit). Pure; head-file.ts does the I/O.
import { sha256Hex } from '@ledgerd/canonical'
import { invariant } from '@ledgerd/schema/errors'

export interface HeadRecord {
  readonly v: 1
  /** Raised by every open: a receipt names the epoch that gave it. */
  readonly epoch: number
  /** Number of this record, rising; its parity chooses the slot. */
  readonly n: number
  /** Committed lines and bytes. */
  readonly count: number
  readonly bytes: number
  /** RFC 6962 root over the committed lines, hex. */
  readonly root: string
  /** Where the last committed group begins, and the SHA-256 of the bytes from there to `bytes`, hex. */
  readonly groupStart: number
  readonly groupHash: string
  /** Not every group waits for the sync of its record: lines above this one may have been acknowledged. */
  readonly trails?: true
}

export const slotBytes = 512
export const slotOffsets: readonly [number, number] = [0, 4096]
export const headFileBytes: number = slotOffsets[1] + slotBytes

/** The slot that record n goes into. */
export function slotOf(n: number): 0 | 1 {
  return n % 2 === 0 ? 0 : 1
}

/** The 512 bytes of a slot: the record as JSON, a space, the SHA-256 of that JSON, LF up to the end. */
export function formatHead(record: HeadRecord): Buffer {
  const text = JSON.stringify(record)
  const slot = Buffer.alloc(slotBytes, 0x0a)
  const length = slot.write(`${text} ${sha256Hex(text)}`, 'latin1')
  invariant(length < slotBytes, 'a head record fits its slot')
  return slot
}

/** Reads one slot; undefined when it is torn, empty or not ours, which is plain ASCII. */
export function parseSlot(slot: Uint8Array): HeadRecord | undefined {
  const end = slot.indexOf(0x0a)
  if (end < 0 || slot.subarray(0, end).some((byte) => byte > 0x7e)) return undefined
  const text = Buffer.from(slot.buffer, slot.byteOffset, end).toString('latin1')
  const cut = text.lastIndexOf(' ')
  if (cut < 0 || sha256Hex(text.slice(0, cut)) !== text.slice(cut + 1)) return undefined
  const record = parseRecord(text.slice(0, cut))
  return record !== null && isHeadRecord(record) ? record : undefined
}

/** A checksum that holds says who wrote the slot, not that it was us. */
function parseRecord(text: string): HeadRecord | null {
  try {
    return JSON.parse(text) as HeadRecord | null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** The newest whole slot of a head file. A torn newest slot belongs to a group that was never acknowledged, unless it trails. */
export function newestHead(file: Uint8Array): HeadRecord | undefined {
  const [first, second] = slotOffsets.map((at) => parseSlot(file.subarray(at, at + slotBytes)))
  if (first === undefined || second === undefined) return first ?? second
  if (first.epoch !== second.epoch) return first.epoch > second.epoch ? first : second
  return first.n > second.n ? first : second
}

function isHeadRecord(record: HeadRecord): boolean {
  const sizes = [record.epoch, record.n, record.count, record.bytes, record.groupStart]
  const hashes = [record.root, record.groupHash]
  return (
    record.v === 1 &&
    sizes.every((size) => Number.isSafeInteger(size) && size >= 0) &&
    hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash)) &&
    record.groupStart <= record.bytes
  )
}
