// What lies above the head record when a ledger is opened, and what of it is kept. Nothing there was ever acknowledged,
// unless the record trails: then what is not kept must be no more than a torn group. Nothing below is ever cut (reliability:
// recovery).
import { isBlank } from '@ledgerd/canonical'
import type { LedgerSchema } from '@ledgerd/schema'
import { isWholeRecord } from './whole-record.ts'

/** The part of a tail that is kept: a prefix of whole lines, the last of which may need its LF. */
export interface KeptTail {
  /** Bytes of the tail that are kept. */
  readonly length: number
  readonly lines: number
  /** The last kept line was complete but not terminated. */
  readonly needsLineFeed: boolean
  /** The word for the report. */
  readonly reason: 'clean' | 'unconfirmed-lines' | 'torn-tail' | 'unterminated-line' | 'not-admissible'
}

/**
 * The longest prefix of whole lines that pass admission. Pure.
 * `isKnown` says whether an identity stands below the tail already.
 */
export function keepTail(
  tail: Uint8Array,
  schema: LedgerSchema,
  ledger: string,
  firstLine: number,
  isKnown: (eventId: string) => boolean,
): KeptTail {
  const checker = schema.openChecker({ ledger, level: 'schema' })
  let length = 0
  let lines = 0
  while (length < tail.length) {
    const lineFeed = tail.indexOf(0x0a, length)
    const isTerminated = lineFeed >= 0
    const line = tail.subarray(length, isTerminated ? lineFeed : tail.length)
    const isGood = !isBlank(line) && isAdmissible(line, firstLine + lines, length)
    if (!isGood) return { length, lines, needsLineFeed: false, reason: isTerminated ? 'not-admissible' : 'torn-tail' }
    lines++
    if (!isTerminated) return { length: tail.length, lines, needsLineFeed: true, reason: 'unterminated-line' }
    length = lineFeed + 1
  }
  return { length, lines, needsLineFeed: false, reason: lines === 0 ? 'clean' : 'unconfirmed-lines' }

  function isAdmissible(line: Uint8Array, number: number, offset: number): boolean {
    const verdict = checker.check(line, { line: number, offset })
    if (verdict.findings.some((finding) => finding.severity === 'E')) return false
    return verdict.eventId === undefined || !isKnown(verdict.eventId)
  }
}

/**
 * Why bytes above a head record that trails, from the first that are not kept on, may hold acknowledged lines; undefined if
 * they are what one torn group leaves. Every group but the last was synced before its receipts, so a crash tears the last
 * alone: it is no longer than a group, and where no whole record is, no line is lost. Pure.
 */
export function doubtAbout(rest: Uint8Array, groupBytesMax: number): string | undefined {
  if (rest.length > groupBytesMax)
    return `${rest.length} bytes are more than one group, which is all that a crash tears`
  for (let at = 0; at < rest.length; ) {
    const lineFeed = rest.indexOf(0x0a, at)
    const end = lineFeed < 0 ? rest.length : lineFeed
    if (isWholeRecord(rest.subarray(at, end))) return 'a whole record is among them'
    at = end + 1
  }
  return undefined
}
