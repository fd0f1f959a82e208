// The two orders of member names (formats §1.3): by Unicode code point, as Python sorts, and by UTF-16 unit, as
// JavaScript sorts. They differ once a character above U+FFFF meets one from U+E000..U+FFFF.

/** Negative, zero or positive, by code point; a lone surrogate counts as the code point it names. A prefix comes first. */
export function compareCodePoints(a: string, b: string): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left === right) continue
    if (left < 0xd800 && right < 0xd800) return left - right
    // Behind a shared high surrogate the differing units may be second halves: compare the whole code points.
    const isInsidePair =
      i > 0 && isHighSurrogate(a.charCodeAt(i - 1)) && (isLowSurrogate(left) || isLowSurrogate(right))
    const from = isInsidePair ? i - 1 : i
    return a.codePointAt(from)! - b.codePointAt(from)!
  }
  return a.length - b.length
}

/** Negative, zero or positive, by UTF-16 code unit (RFC 8785 §3.2.3). */
export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Sorts in place. Insertion for the few members an object usually has, which are often sorted already. */
export function sortKeys(keys: string[], compare: (a: string, b: string) => number): string[] {
  if (keys.length > 24) return keys.sort(compare)
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i]!
    let at = i
    while (at > 0 && compare(keys[at - 1]!, key) > 0) {
      keys[at] = keys[at - 1]!
      at--
    }
    keys[at] = key
  }
  return keys
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
}
