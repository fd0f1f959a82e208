// Points in time as text (formats §1.4): a date and time, a fraction of up to nine digits, and a zone. Read strictly
// from bytes; Date never sees them, because it rolls impossible dates over and knows milliseconds only.

const digitZero = 0x30

/** True if `text` is a valid instant. */
export function isInstant(text: string): boolean {
  const bytes = new TextEncoder().encode(text)
  return !Number.isNaN(instantMs(bytes, 0, bytes.length))
}

/** Why `text` is no instant: 'timestamp-no-zone' if only the zone is missing; undefined if it is one. */
export function instantFault(text: string): 'timestamp-invalid' | 'timestamp-no-zone' | undefined {
  if (isInstant(text)) return undefined
  return isInstant(`${text}Z`) ? 'timestamp-no-zone' : 'timestamp-invalid'
}

/** Unix milliseconds, rounded down, of the instant written in bytes[start, end); NaN if there is none. */
export function instantMs(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 20) return Number.NaN
  const year = digits(bytes, start, 4)
  const month = digits(bytes, start + 5, 2)
  const day = digits(bytes, start + 8, 2)
  const hour = digits(bytes, start + 11, 2)
  const minute = digits(bytes, start + 14, 2)
  const second = digits(bytes, start + 17, 2)
  const isShaped =
    bytes[start + 4] === 0x2d &&
    bytes[start + 7] === 0x2d &&
    bytes[start + 10] === 0x54 &&
    bytes[start + 13] === 0x3a &&
    bytes[start + 16] === 0x3a
  if (!isShaped || !isDate(year, month, day) || !isClock(hour, minute) || !(second >= 0 && second <= 59))
    return Number.NaN

  let at = start + 19
  let fractionMs = 0
  if (bytes[at] === 0x2e) {
    const fractionEnd = skipDigits(bytes, at + 1, end)
    const length = fractionEnd - at - 1
    if (length < 1 || length > 9) return Number.NaN
    fractionMs = milliseconds(bytes, at + 1, fractionEnd)
    at = fractionEnd
  }
  const zoneMinutes = zone(bytes, at, end)
  const minutes = (daysFromEpoch(year, month, day) * 24 + hour) * 60 + minute - zoneMinutes
  return minutes * 60_000 + second * 1000 + fractionMs
}

/** `count` decimal digits as a number, or −1. */
function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const digit = (bytes[i] ?? 0) - digitZero
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (bytes[at] ?? 0) >= digitZero && (bytes[at] ?? 0) <= 0x39) at++
  return at
}

function milliseconds(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let i = 0; i < 3; i++) value = value * 10 + (start + i < end ? (bytes[start + i] ?? 0) - digitZero : 0)
  return value
}

/** Minutes east of UTC of the zone that fills bytes[at, end), or NaN. */
function zone(bytes: Uint8Array, at: number, end: number): number {
  const sign = bytes[at]
  if (sign === 0x5a) return at + 1 === end ? 0 : Number.NaN
  if ((sign !== 0x2b && sign !== 0x2d) || at + 6 !== end || bytes[at + 3] !== 0x3a) return Number.NaN
  const hour = digits(bytes, at + 1, 2)
  const minute = digits(bytes, at + 4, 2)
  if (!isClock(hour, minute)) return Number.NaN
  return (sign === 0x2b ? 1 : -1) * (hour * 60 + minute)
}

function isClock(hour: number, minute: number): boolean {
  return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59
}

function isDate(year: number, month: number, day: number): boolean {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar; years begin in March, so that leap days come last. */
function daysFromEpoch(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year
  const shiftedMonth = month <= 2 ? month + 9 : month - 3
  const leapDays = Math.floor(shiftedYear / 4) - Math.floor(shiftedYear / 100) + Math.floor(shiftedYear / 400)
  return shiftedYear * 365 + leapDays + Math.floor((153 * shiftedMonth + 2) / 5) + day - 1 - 719_468
}
