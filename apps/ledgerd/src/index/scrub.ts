// Looking whether the lines of a file are still those that were committed: every leaf hash again, against the kept ones.
import { leafHash } from '@ledgerd/proof'
import { readRange } from '../storage/range.ts'
import type { IndexFile } from './index-file.ts'
import { leafBytes } from './line-record.ts'

const windowBytes = 1 << 20

/**
 * The first of the index file's lines that differs in the ledger's file or is missing there; undefined when all are right.
 * Reads in slices; `signal` ends it early (then undefined).
 */
export async function firstWrongLine(
  fd: number,
  indexFile: IndexFile,
  signal: AbortSignal,
): Promise<number | undefined> {
  const count = indexFile.count
  const end = indexFile.endOf(count)
  let seq = 0
  let offset = 0
  let length = windowBytes
  while (seq < count && !signal.aborted) {
    const wanted = Math.min(length, end - offset)
    if (wanted <= 0) return seq
    const window = await readRange(fd, offset, wanted)
    const whole = window.lastIndexOf(0x0a) + 1
    if (whole === 0) {
      if (window.length < length) return seq
      length *= 2
      continue
    }
    const checked = compare(window.subarray(0, whole), indexFile, seq, count)
    if (checked.wrong !== undefined) return checked.wrong
    seq = checked.next
    offset += whole
  }
  return undefined
}

interface Compared {
  readonly wrong?: number
  readonly next: number
}

function compare(bytes: Buffer, indexFile: IndexFile, first: number, count: number): Compared {
  let seq = first
  let leaves = indexFile.leaves(first, 4096)
  let leavesFrom = first
  for (let from = 0; from < bytes.length && seq < count; seq++) {
    const lineFeed = bytes.indexOf(0x0a, from)
    if ((seq - leavesFrom) * leafBytes >= leaves.length) {
      leaves = indexFile.leaves(seq, 4096)
      leavesFrom = seq
    }
    const at = (seq - leavesFrom) * leafBytes
    if (leaves.compare(leafHash(bytes.subarray(from, lineFeed)), 0, leafBytes, at, at + leafBytes) !== 0)
      return { wrong: seq, next: seq }
    from = lineFeed + 1
  }
  return { next: seq }
}
