// Steps over values in text that is already known to be canonical python text (CanonicalScan said so): every step may
// trust grammar and spacing, which is what makes it fast. Never used on bytes that have not been scanned.

const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const closeBracket = 0x5d
const closeBrace = 0x7d

/** The offset behind the string whose opening quote is at `at`. */
export function skipString(bytes: Uint8Array, at: number): number {
  let next = at + 1
  for (let byte = bytes[next]; byte !== quote; byte = bytes[next]) next += byte === backslash ? 2 : 1
  return next + 1
}

/** The offset behind the value that begins at `at`. */
export function skipValue(bytes: Uint8Array, at: number): number {
  const first = bytes[at]
  if (first === quote) return skipString(bytes, at)
  if (first !== 0x7b && first !== 0x5b) return skipScalar(bytes, at)
  let depth = 0
  let next = at
  do {
    const byte = bytes[next]
    if (byte === quote) {
      next = skipString(bytes, next)
      continue
    }
    if (byte === 0x7b || byte === 0x5b) depth++
    else if (byte === closeBrace || byte === closeBracket) depth--
    next++
  } while (depth > 0)
  return next
}

/** The offset behind the number or literal that begins at `at`. */
export function skipScalar(bytes: Uint8Array, at: number): number {
  let next = at
  for (;;) {
    const byte = bytes[next]
    if (byte === undefined || byte === comma || byte === closeBrace || byte === closeBracket) return next
    next++
  }
}

/**
 * Finds members of the object at `at` in one pass: `starts[i]` becomes the offset of the value of `keys[i]`, or −1.
 * `keys` are as they stand between the quotes, in canonical order.
 */
export function locateMembers(bytes: Uint8Array, at: number, keys: readonly Uint8Array[], starts: Int32Array): void {
  for (let i = 0; i < starts.length; i++) starts[i] = -1
  let from = 0
  let next = at + 1
  while (bytes[next] === quote) {
    const index = keyIndexAt(bytes, next + 1, keys, from)
    const valueAt = index === -1 ? skipString(bytes, next) + 2 : next + keys[index]!.length + 4
    if (index !== -1) {
      starts[index] = valueAt
      from = index + 1
      if (from === keys.length) return
    }
    next = skipValue(bytes, valueAt)
    if (bytes[next] !== comma) return
    next += 2
  }
}

/** The first of `keys` from `from` on that stands at `at` and ends in a quote; -1 if none does. */
function keyIndexAt(bytes: Uint8Array, at: number, keys: readonly Uint8Array[], from: number): number {
  for (let i = from; i < keys.length; i++) {
    const key = keys[i]!
    if (hasText(bytes, at, key) && bytes[at + key.length] === quote) return i
  }
  return -1
}

/** True if `text` stands in `bytes` at `at`. */
export function hasText(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  const { length } = text
  // Reading beyond the end is correct but slow.
  if (at < 0 || at + length > bytes.length) return false
  for (let i = 0; i < length; i++) if (bytes[at + i] !== text[i]) return false
  return true
}
