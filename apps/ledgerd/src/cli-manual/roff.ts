// Text as the man macros take it: nothing in it is a request, an escape or a character that some terminals do not get.

const glyphs: Readonly<Record<string, string>> = {
  '\\': '\\(rs',
  '-': '\\-',
  "'": '\\(aq',
  '"': '\\(dq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
}

/** One line of text. A hyphen is a minus throughout, so that flags can be copied. */
export function roffText(text: string): string {
  const plain = text.replaceAll(/[\\'"`^~-]/g, (sign) => glyphs[sign] ?? sign)
  const ascii = plain.replaceAll(/[^\n\x20-\x7e]/gu, (sign) => `\\[u${hexOf(sign)}]`)
  return ascii.startsWith('.') ? `\\&${ascii}` : ascii
}

export function roffBold(text: string): string {
  return `\\fB${roffText(text)}\\fR`
}

export function roffItalic(text: string): string {
  return `\\fI${roffText(text)}\\fR`
}

function hexOf(sign: string): string {
  return (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}
