// Text from a ledger is hostile: chat can hold escape sequences that move the cursor, rename the window or reverse the
// reading order. What goes to a terminal goes through here.

/** C0 but tab, DEL, C1, line and paragraph separators, direction marks, overrides and isolates, tag characters. */
const hostile = /[\0-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu

/** Replaces each hostile character by its escape, which is visible, does nothing, and is the same value in JSON text. */
export function neutralize(text: string): string {
  return text.replaceAll(hostile, (character) => {
    let escaped = ''
    for (let at = 0; at < character.length; at++)
      escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
    return escaped
  })
}
