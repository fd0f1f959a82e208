// Lower-case hex digits in raw bytes, as identities, links and checksums are written.

const notHex = 16
const valueOf: Uint8Array = new Uint8Array(256).fill(notHex)
for (const [value, digit] of [...'0123456789abcdef'].entries()) valueOf[digit.charCodeAt(0)] = value

/** True if `count` lower-case hex digits stand at `at`. */
export function isHex(bytes: Uint8Array, at: number, count: number): boolean {
  const end = at + count
  if (at < 0 || end > bytes.length) return false
  let worst = 0
  for (let i = at; i < end; i++) worst |= valueOf[bytes[i]!]!
  return worst < notHex
}

/** True if bytes[start, end) is a JSON string of exactly `count` lower-case hex digits. */
export function isHexString(bytes: Uint8Array, start: number, end: number, count: number): boolean {
  return end - start === count + 2 && bytes[start] === 0x22 && isHex(bytes, start + 1, count)
}

/** Eight hex digits at `at` as an unsigned 32-bit integer. The digits were checked before. */
export function hexWord(bytes: Uint8Array, at: number): number {
  let word = 0
  for (let i = at; i < at + 8; i++) word = (word << 4) | valueOf[bytes[i]!]!
  return word >>> 0
}
