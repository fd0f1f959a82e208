// `#digest` on Node: the one-shot hash of node:crypto, and createHash where a runtime that poses as Node lacks it.
import crypto from 'node:crypto'

type OneShot = (algo: string, data: Uint8Array | string, encoding: 'hex' | 'buffer') => string | Uint8Array

// Read as a property, not imported by name: a missing named export would fail the whole module.
const oneShot = (crypto as { readonly hash?: OneShot }).hash

/** The digest in lower-case hex. Strings are hashed as UTF-8. */
export function digestHex(algo: 'sha256' | 'sha1', data: Uint8Array | string): string {
  if (oneShot !== undefined) return oneShot(algo, data, 'hex') as string
  return crypto.createHash(algo).update(data).digest('hex')
}

/** The digest as bytes of its own. */
export function digest(algo: 'sha256' | 'sha1', data: Uint8Array): Uint8Array {
  if (oneShot !== undefined) return oneShot(algo, data, 'buffer') as Uint8Array
  return crypto.createHash(algo).update(data).digest()
}
