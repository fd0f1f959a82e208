// What lies above the head record when a ledger is opened, and what of it is kept. Nothing there was ever acknowledged;
// nothing below is ever cut (reliability: recovery).
import { isBlank } from '@ledgerd/canonical'
import type { LedgerSchema } from '@ledgerd/schema'

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
