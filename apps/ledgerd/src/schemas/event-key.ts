// The identity that a key stands for: the same in every family, on every machine and in every language (PROTOCOL.md §4).
import { sha256Hex } from '@ledgerd/canonical'

/** The first 32 hex digits of SHA-256 over `ledgerd/key` LF ledger id LF key. */
export function deriveEventId(ledger: string, key: string): string {
  return sha256Hex(`ledgerd/key\n${ledger}\n${key}`).slice(0, 32)
}
