// Reading committed lines of one ledger by sequence number: windows of whole lines, byte for byte.
import type { CommittedRun } from '../commit/committed-run.ts'
import { markRead } from '../commit/committed-run.ts'
import type { LineIndex } from '../index/line-index.ts'
import type { AdmissionRules } from '@ledgerd/schema'
import { readRange } from '../storage/range.ts'
import { StopSignal } from '../storage/stop-signal.ts'
import { countLines } from './line-run.ts'

const replayWindowBytes = 1 << 20
const lineWindowBytes = 64 << 10

/** The committed extent that may be read: everything, or the lines before the first wrong one. */
export interface Extent {
  readonly ledger: string
  readonly fd: number
  readonly index: LineIndex
  /** Lines and bytes below which all is readable. */
  readonly count: number
  readonly bytes: number
}

/** Whole lines from cursor `from`, about `bytesMax` bytes, at least one line unless at the end; in `into` if they fit. */
export async function readLines(extent: Extent, from: number, bytesMax: number, into?: Buffer): Promise<CommittedRun> {
  const { ledger, fd, index, count, bytes } = extent
  if (from >= count) return markRead({ ledger, from, count: 0, bytes: new Uint8Array(0) })
  const floor = index.floor(from)
  for (let length = Math.max(1, bytesMax); ; length *= 2) {
    const window = await readRange(fd, floor.offset, Math.min(length, bytes - floor.offset), into)
    const begin = skipLines(window, from - floor.seq)
    const end = window.lastIndexOf(0x0a) + 1
    if (begin < 0 || end <= begin) {
      if (floor.offset + length >= bytes) return markRead({ ledger, from, count: 0, bytes: new Uint8Array(0) })
      continue
    }
    const lines = window.subarray(begin, end)
    const found = countLines(lines)
    const run = { ledger, from, count: Math.min(found, count - from), bytes: lines }
    index.remember(from + run.count, floor.offset + end)
    return markRead(run)
  }
}

/** One line without its LF, in bytes of its own: it must not hold the window it was read in. Undefined when it is not there. */
export async function readLine(extent: Extent, seq: number): Promise<Uint8Array | undefined> {
  const run = await readLines(extent, seq, lineWindowBytes)
  return run.count === 0 ? undefined : new Uint8Array(run.bytes.subarray(0, run.bytes.indexOf(0x0a)))
}

/** Tells the invariants a window of lines from cursor `from` on; returns the cursor behind it. */
export async function replayLines(rules: AdmissionRules, extent: Extent, from: number): Promise<number> {
  const { bytes, count } = await readLines(extent, from, replayWindowBytes)
  if (count === 0) throw new StopSignal('opening-failed', `line ${from + 1} could not be read for the invariants`)
  let start = 0
  for (let left = count; left > 0; left--) {
    const end = bytes.indexOf(0x0a, start)
    rules.replay(bytes.subarray(start, end))
    start = end + 1
  }
  return from + count
}

/** The offset behind `lines` line feeds; -1 when there are fewer. */
function skipLines(window: Buffer, lines: number): number {
  let at = 0
  for (let done = 0; done < lines; done++) {
    at = window.indexOf(0x0a, at) + 1
    if (at === 0) return -1
  }
  return at
}
