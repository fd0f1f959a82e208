// Decimal numbers compared digit by digit, so that a score equal to its bound passes: as doubles, -14 - 0.4 lies a hair
// off the -14.4 that was measured.

/** The value 0.d₁d₂… × 10^exponent; zero has no digits. */
export interface Decimal {
  readonly isNegative: boolean
  /** Without zeros at either end. */
  readonly digits: string
  readonly exponent: number
}

const lexemePattern = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/
const zero: Decimal = { isNegative: false, digits: '', exponent: 0 }

/** Reads a JSON number of any length; undefined if `lexeme` is none. */
export function parseDecimal(lexeme: string): Decimal | undefined {
  const match = lexemePattern.exec(lexeme)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', power = '0'] = match
  const padded = whole + fraction
  const first = padded.search(/[1-9]/)
  if (first === -1) return zero
  return {
    isNegative: sign === '-',
    digits: withoutTrailingZeros(padded.slice(first)),
    exponent: whole.length - first + Number(power),
  }
}

/** Negative, zero or positive, as `left` is less than, equal to or greater than `right`. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  const side = signOf(left)
  if (side !== signOf(right)) return side - signOf(right)
  return side < 0 ? compareMagnitudes(right, left) : compareMagnitudes(left, right)
}

/** The exact sum. Costs memory in the distance of the exponents; for numbers out of a configuration. */
export function addDecimals(left: Decimal, right: Decimal): Decimal {
  const scale = Math.min(scaleOf(left), scaleOf(right))
  const sum = scaledInteger(left, scale) + scaledInteger(right, scale)
  if (sum === 0n) return zero
  const digits = String(sum < 0n ? -sum : sum)
  return { isNegative: sum < 0n, digits: withoutTrailingZeros(digits), exponent: digits.length + scale }
}

export function negate(decimal: Decimal): Decimal {
  return decimal.digits === '' ? decimal : { ...decimal, isNegative: !decimal.isNegative }
}

function signOf({ digits, isNegative }: Decimal): number {
  return digits === '' ? 0 : isNegative ? -1 : 1
}

function compareMagnitudes(left: Decimal, right: Decimal): number {
  if (left.exponent !== right.exponent) return left.exponent - right.exponent
  return left.digits < right.digits ? -1 : left.digits > right.digits ? 1 : 0
}

/** The power of ten of the last digit. */
function scaleOf({ digits, exponent }: Decimal): number {
  return exponent - digits.length
}

function scaledInteger(decimal: Decimal, scale: number): bigint {
  const magnitude = BigInt(decimal.digits === '' ? 0 : decimal.digits) * 10n ** BigInt(scaleOf(decimal) - scale)
  return decimal.isNegative ? -magnitude : magnitude
}

/** By hand: a pattern anchored at the end would try every run of zeros of a long number. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (digits[end - 1] === '0') end--
  return digits.slice(0, end)
}
