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
