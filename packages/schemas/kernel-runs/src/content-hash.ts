// Content hashes as this family writes them: `sha256:` and 64 lower-case hex digits, nothing before or behind.
import { sha256Hex } from '@ledgerd/canonical'

export type ContentHash = `sha256:${string}`

export const contentHashPattern: RegExp = /^sha256:[a-f0-9]{64}$/

/** True for a well-formed content hash. Null, upper case, a missing prefix and a cut digest are not (LD4). */
export function isValidContentHash(value: unknown): value is ContentHash {
  return typeof value === 'string' && contentHashPattern.test(value)
}

/** The content hash of bytes as they are, or of a text as UTF-8: what `intent_sha256` holds of an intent file. */
export function contentHash(data: Uint8Array | string): ContentHash {
  return `sha256:${sha256Hex(data)}`
}
