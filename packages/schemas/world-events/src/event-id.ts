// Event ids of world-events: 32 lower-case hex digits (formats §2.2).
import { sha256Hex } from '@ledgerd/canonical'

export const eventIdLength = 32

const eventIdPattern = /^[0-9a-f]{32}$/

export function isEventId(text: string): boolean {
  return eventIdPattern.test(text)
}

/** The event id that (ledger, key) stands for, on every machine and in every language (PROTOCOL.md §4). */
export function deriveEventId(ledger: string, key: string): string {
  return sha256Hex(`ledgerd/key\n${ledger}\n${key}`).slice(0, eventIdLength)
}
