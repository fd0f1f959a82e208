// Finds where the plain part of a JSON string ends, four bytes at a time: strings are most of a line, and this is most
// of the time it takes to scan one.

/**
 * Offset of the first byte in [from, end) that is not plain (a quote, a backslash, below 0x20, or above 0x7E); `end` if
 * all are plain. `view` may begin `base` bytes before the bytes that the offsets count in.
 */
export function plainRunEnd(view: DataView, base: number, from: number, end: number): number {
  let at = from
  const wordEnd = end - 4
  while (at <= wordEnd) {
    const marks = notPlain(view.getInt32(base + at, true))
    // The lowest mark is exact; borrows can only put false ones above it.
    if (marks !== 0) return at + ((31 - Math.clz32(marks & -marks)) >> 3)
    at += 4
  }
  while (at < end && notPlain(view.getUint8(base + at) | 0x61616100) === 0) at++
  return at
}

/** Marks, by the high bit of each byte of a word, the bytes that are not plain. */
function notPlain(word: number): number {
  const quotes = word ^ 0x22222222
  const backslashes = word ^ 0x5c5c5c5c
  return (
    (word |
      // 0x7F carries into the high bit.
      (word + 0x01010101) |
      // Below 0x20, a zero byte and a zero byte: subtraction borrows into a high bit that was clear.
      ((word - 0x20202020) & ~word) |
      ((quotes - 0x01010101) & ~quotes) |
      ((backslashes - 0x01010101) & ~backslashes)) &
    0x80808080
  )
}
