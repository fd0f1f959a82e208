// Finds where bytes stop being strict UTF-8 (RFC 3629 §4): no overlong form, no encoded surrogate, nothing above
// U+10FFFF, no cut sequence.

/** Offset of the first byte of the first ill-formed sequence, or -1 if all of it is well formed. */
export function findUtf8Fault(bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) {
    const length = utf8SequenceLength(bytes, at, bytes.length)
    if (length === 0) return at
    at += length
  }
  return -1
}

/** Length in bytes of the well-formed sequence at `at`, which must end before `end`; 0 if there is none. */
export function utf8SequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at]!
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  if (end - at < length) return 0
  const second = bytes[at + 1]!
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  for (let i = at + 2; i < at + length; i++) if ((bytes[i]! & 0xc0) !== 0x80) return 0
  return length
}
