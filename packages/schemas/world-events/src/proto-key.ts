// Finds `__proto__` in canonical text without building a value.

const name = new TextEncoder().encode('__proto__')
const isNameByte: Uint8Array = new Uint8Array(256)
for (const byte of name) isNameByte[byte] = 1

/**
 * True if bytes[start, end) holds the text `__proto__`, be it as a key or not. Every occurrence covers one byte of
 * each nine, so only those are looked at.
 */
export function holdsProtoText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start + name.length - 1; at < end; at += name.length) {
    if (isNameByte[bytes[at] ?? 0] === 0) continue
    for (let from = at - name.length + 1; from <= at; from++) if (isNameAt(bytes, from)) return true
  }
  return false
}

function isNameAt(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name[i]) return false
  return true
}
