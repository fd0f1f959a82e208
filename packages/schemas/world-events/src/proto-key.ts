// Finds `__proto__` in canonical text without building a value.

const name = new TextEncoder().encode('__proto__')
/** Where each byte stands in the name. */
const placesOf: readonly (readonly number[] | undefined)[] = Array.from({ length: 256 }, (_, byte) => {
  const places = Array.from(name.keys()).filter((place) => name[place] === byte)
  return places.length === 0 ? undefined : places
})

/**
 * True if bytes[start, end) holds the text `__proto__`, be it as a key or not. Every occurrence covers one byte of
 * each nine, so only those are looked at.
 */
export function holdsProtoText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start + name.length - 1; at < end; at += name.length) {
    const places = placesOf[bytes[at] ?? 0]
    if (places === undefined) continue
    for (const place of places) if (isNameAt(bytes, at - place)) return true
  }
  return false
}

function isNameAt(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name[i]) return false
  return true
}
