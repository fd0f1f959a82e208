// Tokens: what one looks like, and the hash under which it is known. A token is 32 random bytes, so one round of SHA-256
// hides it: there is nothing to guess that a slower hash would protect.
import { createHash, timingSafeEqual } from 'node:crypto'

const tokenBytes = 32

/** 43 characters of base64url from 32 random bytes. */
export function makeToken(random: (bytes: number) => Uint8Array): string {
  return Buffer.from(random(tokenBytes)).toString('base64url')
}

/** True for what makeToken makes, in its one spelling. */
export function isTokenText(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text) && Buffer.from(text, 'base64url').toString('base64url') === text
}

/** SHA-256 over the token's text: 32 bytes. */
export function hashToken(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Compares two hashes in constant time. */
export function isSameHash(left: Uint8Array, right: Uint8Array): boolean {
  return timingSafeEqual(left, right)
}
