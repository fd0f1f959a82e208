// Python's way of printing numbers (formats §1.3): integers digit by digit, floats in the shortest digits that read
// back to the same double, laid out as Python's repr does. JavaScript finds the same digits and lays them out
// differently, so the text is a re-layout of Number-to-string.

/** The `python` text of a double, always with a fraction or an exponent: `1.0`, `1e-05`, `-0.0`, `NaN`, `-Infinity`. */
export function pythonFloat(n: number): string {
  const size = Math.abs(n)
  if (size >= 1e-4 && size < 1e16) return Number.isInteger(n) ? `${n}.0` : `${n}`
  if (n === 0) return Object.is(n, -0) ? '-0.0' : '0.0'
  const text = `${n}`
  if (!Number.isFinite(n)) return text
  return withPythonExponent(text)
}

/** The `python` text of a JSON number lexeme. Overflow gives `Infinity`, as Python has it. */
export function pythonLexeme(lexeme: string): string {
  if (isIntegerLexeme(lexeme)) return lexeme === '-0' ? '0' : lexeme
  return pythonFloat(Number(lexeme))
}

/** True for a lexeme that Python reads as an integer of any size: no fraction and no exponent. */
export function isIntegerLexeme(lexeme: string): boolean {
  for (let i = 0; i < lexeme.length; i++) {
    const unit = lexeme.charCodeAt(i)
    if (unit === 0x2e || unit === 0x65 || unit === 0x45) return false
  }
  return true
}

/** Re-lays a JavaScript number text whose decimal exponent is below -4 or above 15. */
function withPythonExponent(text: string): string {
  const sign = text.startsWith('-') ? '-' : ''
  const body = text.slice(sign.length)
  const e = body.indexOf('e')
  if (e >= 0) return sign + body.slice(0, e) + exponentText(Number(body.slice(e + 1)))
  // JavaScript stays positional up to 1e21 and down to 1e-6, so here stand only digits or `0.0000…`.
  const isSmall = body.startsWith('0.')
  const digits = isSmall ? body.slice(2).replace(/^0+/, '') : body.replace(/0+$/, '')
  const exponent = isSmall ? digits.length - body.length + 1 : body.length - 1
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
  return sign + digits.charAt(0) + fraction + exponentText(exponent)
}

function exponentText(exponent: number): string {
  return (exponent < 0 ? 'e-' : 'e+') + String(Math.abs(exponent)).padStart(2, '0')
}
