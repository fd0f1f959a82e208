// Raw canonical text to `-ascii` canonical text in bytes, four at a time: the byte form of escapeNonAscii.

/**
 * Writes the `-ascii` text of source[from, end) to the beginning of `target`; returns its length, at most six times as
 * much. The source must be well-formed UTF-8 without bytes below 0x20, as canonical text is: nothing is checked here.
 */
export function escapeUtf8(source: DataView, from: number, end: number, target: DataView): number {
  const wordEnd = end - 4
  let at = from
  let to = 0
  while (at < end) {
    while (at <= wordEnd) {
      const word = source.getInt32(at, true)
      // 0x7F carries into the high bit; what a carry marks wrongly is copied below.
      if (((word | (word + 0x01010101)) & 0x80808080) !== 0) break
      target.setInt32(to, word, true)
      at += 4
      to += 4
    }
    if (at >= end) break
    const lead = source.getUint8(at)
    if (lead < 0x7f) {
      target.setUint8(to++, lead)
      at++
      continue
    }
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    const character = characterAt(source, at, length)
    at += length
    if (character > 0xffff) {
      writeUnit(target, to, 0xd7c0 + (character >> 10))
      to += 6
    }
    // Of an astral character this is the low half of the pair.
    writeUnit(target, to, character > 0xffff ? 0xdc00 | (character & 0x3ff) : character)
    to += 6
  }
  return to
}

function characterAt(source: DataView, at: number, length: number): number {
  const lead = source.getUint8(at)
  if (length === 1) return lead
  let character = lead & (0x7f >> length)
  for (let i = 1; i < length; i++) character = (character << 6) | (source.getUint8(at + i) & 0x3f)
  return character
}

/** Six bytes: `\uxxxx`. */
function writeUnit(target: DataView, at: number, unit: number): void {
  target.setUint16(at, 0x5c75)
  target.setUint16(at + 2, hexPairs[unit >> 8] ?? 0)
  target.setUint16(at + 4, hexPairs[unit & 0xff] ?? 0)
}

const digits = '0123456789abcdef'

/** Two hex digits each, as they stand in text. */
const hexPairs: Uint16Array = Uint16Array.from(
  { length: 256 },
  (_, value) => (digits.charCodeAt(value >> 4) << 8) | digits.charCodeAt(value & 15),
)
