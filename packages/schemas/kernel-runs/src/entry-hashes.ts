// The texts and hashes of the seed §5. Three of them are easily confused: an entry is hashed without a line feed, content
// and bundles with one, and a ledger as its entries joined by line feeds without a last one (formats §3.2).
import { openHash } from '@ledgerd/canonical'
import { canonicalize } from './canonicalize.ts'
import { type ContentHash, contentHash } from './content-hash.ts'
import type { LedgerEntry } from './ledger-entry.ts'

/** The line of an entry, without its LF. Unknown fields are kept. Throws UnsupportedValue. */
export function serializeLedgerEntry(entry: LedgerEntry): string {
  return canonicalize(entry)
}

/** The hash of an entry: of its line without LF. Throws UnsupportedValue. */
export function computeEntryHash(entry: LedgerEntry): ContentHash {
  return contentHash(canonicalize(entry))
}

/** The hash of any content, bundles above all: of its canonical text and an LF. Throws UnsupportedValue. */
export function canonicalHash(value: unknown): ContentHash {
  return contentHash(`${canonicalize(value)}\n`)
}

/**
 * The hash of a whole ledger: of its entries' lines joined by LF, without a last LF; of the empty text if there are
 * none. It is not the hash of the file. Throws UnsupportedValue. For files, see LedgerHasher.
 */
export function computeLedgerHash(entries: Iterable<LedgerEntry>): ContentHash {
  const hash = openHash('sha256')
  let joint = ''
  for (const entry of entries) {
    hash.update(joint + canonicalize(entry))
    joint = '\n'
  }
  return `sha256:${hash.hex()}`
}
