// Rebuilding the derived index from the JSONL, which is the truth: every line's leaf, end and identity. In slices, so that
// other ledgers are served meanwhile.
import { leafHash } from '@ledgerd/proof'
import type { LedgerSchema } from '@ledgerd/schema'
import { readRange } from '../storage/range.ts'
import { isDiskFull } from '../storage/stop-signal.ts'
import type { IndexFile } from './index-file.ts'
import type { LineIndex } from './line-index.ts'
import { formatRecord, recordBytes } from './line-record.ts'

const windowBytes = 1 << 20
/** A guess that spares growing; any value is right. */
const lineBytesUsual = 256
const noPrint = { high: 0, low: 0 }

/** Reads lines from where the index ends up to byte `end` (which is behind an LF) and keeps their records. */
export async function extendIndex(
  fd: number,
  end: number,
  index: LineIndex,
  indexFile: IndexFile,
  schema: LedgerSchema,
): Promise<void> {
  let length = windowBytes
  while (index.bytes < end) {
    const window = await readRange(fd, index.bytes, Math.min(length, end - index.bytes))
    const whole = window.lastIndexOf(0x0a) + 1
    if (whole > 0) takeLines(window.subarray(0, whole), index.bytes, index, indexFile, schema)
    else if (window.length < length) return
    else length *= 2
  }
}

/** Takes whole lines, the first of which begins at byte `start`, into the index and its file. */
export function takeLines(
  bytes: Buffer,
  start: number,
  index: LineIndex,
  indexFile: IndexFile,
  schema: LedgerSchema,
): void {
  let records = Buffer.allocUnsafe(Math.ceil(bytes.length / lineBytesUsual) * recordBytes)
  let at = 0
  for (let from = 0; from < bytes.length; ) {
    const lineFeed = bytes.indexOf(0x0a, from)
    const line = bytes.subarray(from, lineFeed)
    const leaf = leafHash(line)
    const eventId = schema.eventIdOf(line)
    const print = eventId === undefined ? undefined : index.print(eventId)
    if (at === records.length) records = Buffer.concat([records, Buffer.allocUnsafe(records.length)])
    formatRecord(records, at, leaf, start + lineFeed + 1, print ?? noPrint)
    at += recordBytes
    index.edge.append(leaf)
    index.add(start + lineFeed + 1, print)
    from = lineFeed + 1
  }
  try {
    indexFile.flush(records.subarray(0, at), index.edge.peaks(), index.seed)
  } catch (error) {
    // On a full disk a ledger can still be read: what is known is in memory, and the next open writes it down.
    if (!isDiskFull(error)) throw error
  }
}
