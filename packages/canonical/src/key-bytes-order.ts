// The order of keys as they stand in canonical bytes. UTF-8 sorts like code points, byte by byte; a key with escapes
// sorts by what they stand for.
import { unescapedByte } from './canonical-escape.ts'

/** Compares bytes[a, aEnd) with bytes[b, bEnd): negative, zero or positive. Neither may hold an escape. */
export function comparePlainKeys(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): number {
  const shared = Math.min(aEnd - a, bEnd - b)
  for (let i = 0; i < shared; i++) {
    const difference = bytes[a + i]! - bytes[b + i]!
    if (difference !== 0) return difference
  }
  return aEnd - a - (bEnd - b)
}

/** The same for keys that may hold canonical escapes. */
export function compareEscapedKeys(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): number {
  let left = a
  let right = b
  while (left < aEnd && right < bEnd) {
    const leftByte = bytes[left]!
    const rightByte = bytes[right]!
    const leftValue = leftByte === 0x5c ? unescapedByte(bytes, left) : leftByte
    const rightValue = rightByte === 0x5c ? unescapedByte(bytes, right) : rightByte
    if (leftValue !== rightValue) return leftValue - rightValue
    left += lengthAt(bytes, left)
    right += lengthAt(bytes, right)
  }
  // At most one of them has something left.
  return aEnd - left - (bEnd - right)
}

function lengthAt(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 0x5c) return 1
  return bytes[at + 1] === 0x75 ? 6 : 2
}
