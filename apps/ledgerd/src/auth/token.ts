// The daemon's one token: what it looks like, and comparing it without telling by time how much of it was right.
import { timingSafeEqual } from 'node:crypto'

const tokenBytes = 32

/** 43 characters of base64url from 32 random bytes. */
export function makeToken(random: (bytes: number) => Uint8Array): string {
  return Buffer.from(random(tokenBytes)).toString('base64url')
}

/** True for what makeToken makes, in its one spelling. */
export function isTokenText(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text) && Buffer.from(text, 'base64url').toString('base64url') === text
}

/** Compares in constant time. The length of a token is no secret. */
export function isSameToken(expected: string, offered: string): boolean {
  const left = Buffer.from(expected)
  const right = Buffer.from(offered)
  return left.length === right.length && timingSafeEqual(left, right)
}
