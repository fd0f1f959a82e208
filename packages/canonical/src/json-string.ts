// Quoted JSON strings as the dialects write them (formats §1.3): shortest escapes, lower-case hex, `/` never escaped,
// everything from U+0020 raw, or, in the `-ascii` dialects, everything outside 0x20..0x7E escaped per UTF-16 unit.

// Surrogates are here for the cheap first look only: a pair comes out of JSON.stringify unchanged.
const needsEscape = /["\\\u0000-\u001f\ud800-\udfff]/
const loneSurrogate = /[\ud800-\udfff]/u

/** The raw quoted text, or undefined if a lone surrogate keeps it from having one. */
export function quoteWellFormed(text: string): string | undefined {
  if (!needsEscape.test(text)) return `"${text}"`
  return loneSurrogate.test(text) ? undefined : JSON.stringify(text)
}

/** The raw quoted text; a lone surrogate is written as `\udxxx`. */
export function quoteAny(text: string): string {
  return needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`
}

/**
 * Raw canonical text to the `-ascii` canonical text of the same value: each UTF-16 unit outside 0x20..0x7E becomes
 * `\uxxxx` in lower case (pairs for astral characters; U+007F too). Canonical text holds such units in strings only.
 */
export function escapeNonAscii(text: string): string {
  let escaped = ''
  let done = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x7f && unit >= 0x20) continue
    if (done < i) escaped += text.slice(done, i)
    escaped += '\\u' + hexPairs[unit >> 8]! + hexPairs[unit & 0xff]!
    done = i + 1
  }
  if (done === 0) return text
  return done < text.length ? escaped + text.slice(done) : escaped
}

const hexPairs: readonly string[] = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'))
