// Identities of 32 lower-case hex digits: what most families tell events apart by (PROTOCOL.md §4).
import { sha256Hex } from '@ledgerd/canonical'

const digits = 32
const pattern = /^[0-9a-f]{32}$/

export function isHexIdentity(text: string): boolean {
  return pattern.test(text)
}

/** The identity that (ledger, key) stands for, on every machine and in every language (PROTOCOL.md §4). */
export function keyIdentity(ledger: string, key: string): string {
  return sha256Hex(`ledgerd/key\n${ledger}\n${key}`).slice(0, digits)
}
