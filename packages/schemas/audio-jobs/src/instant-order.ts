// Instants on one line of nanoseconds, so that two of them compare at full precision (formats §1.4).
import { instantMs } from '@ledgerd/schema'

const encoder = new TextEncoder()

/** Nanoseconds since 1970; undefined if `text` is no instant. */
export function instantNs(text: string): bigint | undefined {
  const bytes = encoder.encode(text)
  const timeMs = instantMs(bytes, 0, bytes.length)
  if (Number.isNaN(timeMs)) return undefined
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? ''
  return BigInt(timeMs) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(3))
}
