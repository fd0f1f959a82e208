// Lines as a stranger reads them: split at 0x0A and nothing else, hashed by RFC 6962. Written apart from the product on
// purpose, so that one mistake cannot hide in both.
import { createHash } from 'node:crypto'

export interface SplitBytes {
  /** Whole lines, without their LF. */
  readonly lines: readonly Uint8Array[]
  /** What follows the last LF. */
  readonly rest: Uint8Array
}

/** Splits at LF; U+2028, CR and NUL are bytes like any other. */
export function splitAtLineFeeds(bytes: Uint8Array): SplitBytes {
  const lines: Uint8Array[] = []
  let from = 0
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, from)) {
    lines.push(bytes.subarray(from, at))
    from = at + 1
  }
  return { lines, rest: bytes.subarray(from) }
}

/** RFC 6962 leaf hash of a line without LF, 64 hex digits. */
export function leafHexOf(line: Uint8Array): string {
  return createHash('sha256').update(leafPrefix).update(line).digest('hex')
}

const leafPrefix = Buffer.of(0)
