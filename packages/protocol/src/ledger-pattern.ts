// Patterns over ledger ids (PROTOCOL.md §1): `*` inside a segment stands for any characters of that segment, a segment
// `**` for any number of segments. Matching takes time linear in the id for each segment of the pattern; there is no
// regular expression to blow up.
import { LedgerError } from '@ledgerd/schema/errors'
import { isLedgerId, ledgerIdCharactersMax, ledgerIdSegmentsMax } from './ledger-id.ts'

const wildSegment = /^(?=.*\*)[A-Za-z0-9_.*-]{1,128}$/

/** True if `pattern` is a well-formed pattern; every ledger id is one. */
export function isLedgerPattern(pattern: string): boolean {
  if (pattern.length === 0 || pattern.length > ledgerIdCharactersMax) return false
  const segments = pattern.split('/')
  if (segments.length > ledgerIdSegmentsMax) return false
  return segments.every((segment) => isLedgerId(segment) || wildSegment.test(segment))
}

/** True if `pattern` can stand for more than one ledger. */
export function isWildcard(pattern: string): boolean {
  return pattern.includes('*')
}

/** Passes a ledger id or a pattern. Throws LEDGER_ID_INVALID. */
export function checkLedgerPattern(pattern: string): void {
  if (isLedgerPattern(pattern)) return
  const shown = pattern.slice(0, 300)
  throw new LedgerError('LEDGER_ID_INVALID', `${JSON.stringify(shown)} is neither a ledger id nor a pattern`, {
    details: { ledger: shown },
  })
}

/** Builds the test for one pattern. Throws LEDGER_ID_INVALID. */
export function compilePattern(pattern: string): (id: string) => boolean {
  checkLedgerPattern(pattern)
  if (!isWildcard(pattern)) return (id) => id === pattern
  const wanted = pattern.split('/')
  return (id) => isLedgerId(id) && matchesSegments(wanted, id.split('/'))
}

/** Greedy with one point of return: the last `**` seen takes one more segment whenever the rest does not fit. */
function matchesSegments(wanted: readonly string[], given: readonly string[]): boolean {
  let want = 0
  let at = 0
  let returnWant = -1
  let returnAt = 0
  while (at < given.length) {
    const pattern = wanted[want]
    if (pattern === '**') {
      returnWant = want
      returnAt = at
      want += 1
    } else if (pattern !== undefined && matchesSegment(pattern, given[at] ?? '')) {
      want += 1
      at += 1
    } else if (returnWant >= 0) {
      returnAt += 1
      at = returnAt
      want = returnWant + 1
    } else {
      return false
    }
  }
  while (wanted[want] === '**') want += 1
  return want === wanted.length
}

/** The first and last literal are anchored, those between are found from left to right. */
function matchesSegment(pattern: string, segment: string): boolean {
  const literals = pattern.split('*')
  const first = literals[0] ?? ''
  if (literals.length === 1) return segment === first
  const last = literals.at(-1) ?? ''
  if (segment.length < first.length + last.length || !segment.startsWith(first) || !segment.endsWith(last)) return false
  const end = segment.length - last.length
  let at = first.length
  for (const literal of literals.slice(1, -1)) {
    const found = segment.indexOf(literal, at)
    if (found < 0 || found + literal.length > end) return false
    at = found + literal.length
  }
  return true
}
