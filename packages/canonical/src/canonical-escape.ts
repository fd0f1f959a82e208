// The escapes that canonical text has (formats §1.3): the seven short ones, and \u00xx in lower case for the other
// controls below 0x20. One control has one spelling.

/** Length of the canonical escape whose backslash is at `at`; 0 if what stands there is none. */
export function canonicalEscapeLength(bytes: Uint8Array, at: number, end: number): number {
  const letter = bytes[at + 1]!
  if (at + 1 >= end) return 0
  if (unescapedByte(bytes, at) < 0) return 0
  return letter === 0x75 ? 6 : 2
}

/** The byte that a canonical escape at `at` stands for; -1 if it is none. */
export function unescapedByte(bytes: Uint8Array, at: number): number {
  switch (bytes[at + 1]) {
    case 0x22:
      return 0x22
    case 0x5c:
      return 0x5c
    case 0x62:
      return 0x08
    case 0x66:
      return 0x0c
    case 0x6e:
      return 0x0a
    case 0x72:
      return 0x0d
    case 0x74:
      return 0x09
    case 0x75:
      return unescapedControl(bytes, at + 2)
    default:
      return -1
  }
}

/** The control that four hex digits at `at` name, if it is below 0x20 and has no short escape; else -1. */
function unescapedControl(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 0x30 || bytes[at + 1] !== 0x30) return -1
  const high = bytes[at + 2]! - 0x30
  const digit = bytes[at + 3]!
  const low = digit >= 0x30 && digit <= 0x39 ? digit - 0x30 : digit >= 0x61 && digit <= 0x66 ? digit - 0x57 : -1
  if ((high !== 0 && high !== 1) || low < 0) return -1
  const control = high * 16 + low
  const hasShortEscape = (control >= 0x08 && control <= 0x0a) || control === 0x0c || control === 0x0d
  return hasShortEscape ? -1 : control
}
