// Compact names for the keys of the invariants: 96 bits of a SHA-256 instead of a tuple of texts, so that what is
// remembered of a ledger is bounded per key and nobody can aim a key at the name of another. Among ten million keys the
// odds of one false match are below 1 in 10^15.
import { sha256 } from '@ledgerd/canonical'

const encoder = new TextEncoder()

/** Three words of 32 bits, the first of which is not 0: that marks an empty slot. */
export type Fingerprint = Uint32Array

/** The fingerprint of a tuple; every part counts with its length, so no two tuples run together. */
export function fingerprint(parts: readonly string[]): Fingerprint {
  let text = ''
  for (const part of parts) text += `${part.length}:${part}`
  const digest = sha256(encoder.encode(text))
  const view = new DataView(digest.buffer, digest.byteOffset)
  return Uint32Array.of(view.getUint32(0) || 1, view.getUint32(4), view.getUint32(8))
}
