// Content hashes. The digest itself comes from the platform: node:crypto in Node, our own pure TypeScript elsewhere,
// chosen by the package's "imports". Both give the same answers at once, without a promise.
import { digest, digestHex, openDigest } from '#digest'
import type { RunningDigest } from './running-digest.ts'

/** The algorithms a content hash can name. */
export type HashAlgo = 'sha256' | 'sha1'

/** SHA-256 as 64 lower-case hex digits. Strings are hashed as UTF-8. */
export function sha256Hex(data: Uint8Array | string): string {
  return digestHex('sha256', data)
}

/** SHA-256 as 32 bytes that belong to the caller. */
export function sha256(data: Uint8Array): Uint8Array {
  return digest('sha256', data)
}

/** A hash that names its algorithm: `sha256:<64 hex>` or `sha1:<40 hex>`. Strings are hashed as UTF-8. */
export function contentHash(algo: HashAlgo, data: Uint8Array | string): `${HashAlgo}:${string}` {
  return `${algo}:${digestHex(algo, data)}`
}

/** A hash of data that comes in pieces: a file of any size in constant memory. */
export function openHash(algo: HashAlgo): RunningDigest {
  return openDigest(algo)
}
