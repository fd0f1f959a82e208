// One record of the derived index per line: leaf hash, end offset, identity fingerprint. Fixed width, so that record i
// lies at i * 48. Disposable: rebuilt from the JSONL whenever it does not fit.
import type { Fingerprint } from './identity-table.ts'

export const recordBytes = 48
export const leafBytes = 32

/** Writes record fields at `at`; `leaf` is the RFC 6962 leaf hash, `end` the byte offset behind the line's LF. */
export function formatRecord(target: Buffer, at: number, leaf: Uint8Array, end: number, print: Fingerprint): void {
  target.set(leaf, at)
  target.writeDoubleBE(end, at + 32)
  target.writeUInt32BE(print.high, at + 40)
  target.writeUInt32BE(print.low, at + 44)
}

/** The end offset of the line a record stands for. */
export function recordEnd(source: Buffer, at: number): number {
  return source.readDoubleBE(at + 32)
}

/** Reads the fingerprint of a record into `into`. A line without identity has the fingerprint 0, 0. */
export function readPrint(source: Buffer, at: number, into: Fingerprint): void {
  into.high = source.readUInt32BE(at + 40)
  into.low = source.readUInt32BE(at + 44)
}
