// Compact names for the keys of the invariants: 16 bytes instead of a tuple of texts, so that what is remembered of a
// ledger is bounded per key and nobody can aim two keys at one name (the first half of a SHA-256).
import { sha256 } from '@ledgerd/canonical'

const encoder = new TextEncoder()

/** Four words of 32 bits. */
export type Fingerprint = Uint32Array

/** The fingerprint of a tuple; every part counts with its length, so no two tuples run together. */
export function fingerprint(parts: readonly string[]): Fingerprint {
  let text = ''
  for (const part of parts) text += `${part.length}:${part}`
  const digest = sha256(encoder.encode(text))
  const view = new DataView(digest.buffer, digest.byteOffset)
  return Uint32Array.of(view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12))
}
