// What repair would do to the end of a file, decided from a read-only look. Three kinds of file: one whose head record says
// what is committed; one that ledgerd knows but whose head record is lost, where whole lines may have been acknowledged;
// and one that ledgerd never wrote, of which only the bytes behind the last line feed can be a torn end.
import type { HeadRecord } from '../storage/head-record.ts'
import type { KeptTail } from '../storage/tail.ts'
import { isWholeRecord } from '../storage/whole-record.ts'

export type RepairPlan =
  | { readonly verdict: 'nothing'; readonly message: string }
  | { readonly verdict: 'damaged'; readonly message: string }
  /** A repair was interrupted: its marker says what is left to do. */
  | { readonly verdict: 'unfinished'; readonly message: string }
  | { readonly verdict: 'repairable'; readonly message: string; readonly cut: Cut }

/** The bytes from `offset` on are copied aside; of them `kept` stay in the file. */
export interface Cut {
  readonly offset: number
  readonly length: number
  readonly kept: KeptTail
}

/** The plan for a tail of a file without a head record, `tail` being what lies behind the last LF. */
export function planForFragment(fragment: Uint8Array, offset: number): RepairPlan {
  if (fragment.length === 0) return { verdict: 'nothing', message: 'the last line is whole' }
  if (isWholeRecord(fragment)) {
    // Nothing is copied and nothing cut: one byte comes to the end, which can be repeated after any crash.
    const cut: Cut = {
      offset: offset + fragment.length,
      length: 0,
      kept: { ...nothingKept, needsLineFeed: true, reason: 'unterminated-line' },
    }
    return { verdict: 'repairable', message: 'the last line is whole but has no line feed; it gets one', cut }
  }
  const cut: Cut = { offset, length: fragment.length, kept: { ...nothingKept, reason: 'torn-tail' } }
  return { verdict: 'repairable', message: `${fragment.length} bytes of a torn line are set aside`, cut }
}

/**
 * The plan for a known ledger without a head record. `region` begins at a line and reaches to the end of the file; all of
 * it is appended anew as far as it is kept, for what a failed sync left in the page cache never reached the disk.
 * Whole records are never cut: bytes that are none, with a record behind them, are damage.
 */
export function planWithoutHead(region: Uint8Array, offset: number): RepairPlan {
  let keptLength = 0
  let lines = 0
  let wrongAt: number | undefined
  for (let at = 0; at < region.length; ) {
    const lineFeed = region.indexOf(0x0a, at)
    const end = lineFeed < 0 ? region.length : lineFeed + 1
    const line = region.subarray(at, lineFeed < 0 ? end : lineFeed)
    if (isWholeRecord(line)) {
      if (wrongAt !== undefined) return damagedAt(offset + wrongAt)
      keptLength = end
      lines++
    } else if (!line.every(isSpace)) wrongAt ??= at
    at = end
  }
  if (wrongAt === undefined)
    return planForFragment(region.subarray(region.lastIndexOf(0x0a) + 1), offset + region.lastIndexOf(0x0a) + 1)
  const length = region.length
  const kept: KeptTail = { length: keptLength, lines, needsLineFeed: false, reason: 'torn-tail' }
  const message = `${length - keptLength} bytes at the end that are no record are set aside; the ${lines} lines before them are appended anew`
  return { verdict: 'repairable', message, cut: { offset, length, kept } }
}

/**
 * The plan for what lies above a head record, given what recovery would keep of it. `doubt`: why what it would not keep may
 * have been acknowledged; the daemon then leaves it to the operator.
 */
export function planAboveHead(kept: KeptTail, head: HeadRecord, length: number, doubt?: string): RepairPlan {
  const { bytes: offset, trails } = head
  const receipts = trails === true ? '' : ' without a receipt'
  const parts = [
    ...(kept.lines > 0 ? [`${kept.lines} whole ${kept.lines === 1 ? 'line' : 'lines'}${receipts} appended anew`] : []),
    ...(kept.needsLineFeed ? ['the missing line feed added'] : []),
    ...(length > kept.length ? [`${length - kept.length} bytes (${kept.reason}) set aside`] : []),
  ]
  const warning = doubt === undefined ? '' : `; what is set aside may have been acknowledged: ${doubt}`
  const end = trails === true ? 'the head record, which trails' : 'the committed end'
  const message = `${length} bytes lie above ${end}: ${parts.join(', ')}${warning}`
  return { verdict: 'repairable', message, cut: { offset, length, kept } }
}

const nothingKept = { length: 0, lines: 0, needsLineFeed: false } as const

function damagedAt(offset: number): RepairPlan {
  const message = `the line at byte ${offset} is no record, and whole records follow it: that is damage, not a torn end`
  return { verdict: 'damaged', message }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d
}
