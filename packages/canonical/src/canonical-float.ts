// Floats that only their double can judge: 16 and more significant digits, or an exponent.
import { pythonFloat } from './python-number.ts'

/** No double has a longer `python` text: sign, 17 digits, point, `e-308`. */
const floatBytesMax = 24

/** Offset behind the number at `from` if it is the `python` text of its double; else -1. */
export function canonicalFloatEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  let text = ''
  while (at < end && isNumberByte(bytes[at]!)) {
    if (at - from >= floatBytesMax) return -1
    text += String.fromCharCode(bytes[at]!)
    at++
  }
  // What pythonFloat prints is valid JSON, so equality proves the grammar, too.
  return pythonFloat(Number(text)) === text ? at : -1
}

/**
 * True if bytes[from, end), digits with one point among them and no sign, are the shortest text of some double that is
 * no integer and printed without an exponent: then they are canonical. False says only "not decided here". It guesses
 * the double by arithmetic, which is right nearly always, and trusts nothing but the text that the guess prints as: a
 * shortest text reads back to its double. Half the time of making a string first and reading it.
 */
export function isPrintedDouble(bytes: Uint8Array, from: number, end: number): boolean {
  const double = guessDouble(bytes, from, end)
  if (!(double >= 1e-4 && double < 1e16) || Number.isInteger(double)) return false
  const text = `${double}`
  if (text.length !== end - from) return false
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[from + i]) return false
  return true
}

/** The double nearest to the decimal, or one beside it; NaN for more digits than a shortest text has. */
function guessDouble(bytes: Uint8Array, from: number, end: number): number {
  // The first 15 significant digits are exact in a double; up to two more come in as a correction.
  let head = 0
  let tail = 0
  let digits = 0
  let headFraction = 0
  let isFraction = false
  for (let at = from; at < end; at++) {
    const digit = bytes[at]! - 0x30
    if (digit < 0) {
      isFraction = true
    } else if (digits < 15) {
      head = head * 10 + digit
      if (head > 0) digits++
      if (isFraction) headFraction++
    } else {
      // A digit of the integer part here would need another scale: rare, and left to the slow path.
      if (!isFraction || digits === 17) return Number.NaN
      digits++
      tail += digits === 16 ? digit / 10 : digit / 100
    }
  }
  const scale = powersOfTen[headFraction]
  if (scale === undefined) return Number.NaN
  const quotient = head / scale
  // What the division rounded away, exactly: head - quotient * scale in two parts (Dekker 1971, two-product).
  const product = quotient * scale
  const quotientHigh = highHalf(quotient)
  const quotientLow = quotient - quotientHigh
  const scaleHigh = highHalf(scale)
  const scaleLow = scale - scaleHigh
  const productError =
    quotientHigh * scaleHigh - product + quotientHigh * scaleLow + quotientLow * scaleHigh + quotientLow * scaleLow
  return quotient + (head - product - productError + tail) / scale
}

/** The upper 26 bits of a double. */
function highHalf(value: number): number {
  const shifted = value * 134_217_729
  return shifted - (shifted - value)
}

/** Those that a double holds exactly. */
const powersOfTen: readonly number[] = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))

/** Offset of the first byte from `at` on that is no digit. */
export function skipDigits(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++
  return at
}

/** Digits, `+`, `-`, `.` and `e`. */
function isNumberByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e || byte === 0x65
}
