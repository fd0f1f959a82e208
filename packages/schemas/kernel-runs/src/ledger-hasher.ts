// The hash of a ledger taken line by line, in the memory of one line (formats §3.2).
import { formatNode, isBlank, openHash, parse } from '@ledgerd/canonical'
import type { RunningDigest } from '@ledgerd/canonical'
import { LedgerError } from '@ledgerd/schema'
import type { ContentHash } from './content-hash.ts'

const lineFeed = Uint8Array.of(0x0a)
const encoder = new TextEncoder()

/**
 * Feed it a file's lines in order; `digest` then is what computeLedgerHash gives for its entries. A line in another
 * spelling counts as the canonical text of its entry, numbers and repeated keys as a JavaScript reader takes them.
 */
export class LedgerHasher {
  readonly #hash: RunningDigest = openHash('sha256')
  #entryCount = 0

  /** Entries taken so far; blank lines are none. */
  get entryCount(): number {
    return this.#entryCount
  }

  /** Takes the next line, without LF. Throws EVENT_INVALID for what is no JSON object, and takes nothing. */
  addLine(line: Uint8Array): void {
    if (isBlank(line)) return
    const text = encoder.encode(canonicalText(line))
    if (this.#entryCount > 0) this.#hash.update(lineFeed)
    this.#hash.update(text)
    this.#entryCount++
  }

  /** The hash of the lines so far. More may follow. */
  digest(): ContentHash {
    return `sha256:${this.#hash.hex()}`
  }
}

function canonicalText(line: Uint8Array): string {
  const result = parse(line)
  if (!result.ok) throw invalid(result.message, { reason: result.code, offset: result.offset })
  if (result.root.kind !== 'object') throw invalid('it is no JSON object', { reason: 'not-an-object' })
  const formatted = formatNode(result.root, 'kernel')
  if (!formatted.ok) throw invalid(formatted.code, { reason: formatted.code, path: formatted.path })
  return formatted.text
}

function invalid(what: string, details: Readonly<Record<string, unknown>>): LedgerError {
  return new LedgerError('EVENT_INVALID', `The line has no canonical text: ${what}.`, { details })
}
