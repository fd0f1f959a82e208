// The tokens of one JSON text: blanks, strings, numbers, literals. It walks the decoded text and keeps count of the
// bytes behind, so that every offset it gives is a byte offset.
import type { JsonNode, NonFiniteNode, NumberNode } from './json-node.ts'
import type { ParseOptions, ScanFailure, ScanFailureCode } from './parse-result.ts'
import { isIntegerLexeme } from './python-number.ts'

export class JsonTokens {
  readonly #text: string
  readonly #integerDigitsMax: number
  readonly #allowsNonFinite: boolean
  #at = 0
  /** How many more bytes than UTF-16 units lie before #at. Only strings can add to it. */
  #extraBytes = 0

  /** The first failure; nothing is read after it. */
  failure: ScanFailure | undefined = undefined
  /** Byte offset of the first lone surrogate of the last string, -1 if it has none. */
  loneSurrogateOffset = -1
  /** True if the last scalar was a number that no finite double holds. */
  isNonFinite = false

  constructor(text: string, options: ParseOptions) {
    this.#text = text
    this.#integerDigitsMax = options.integerDigitsMax ?? 4300
    this.#allowsNonFinite = options.allowNonFinite ?? false
  }

  /** Byte offset of the next unit. */
  get offset(): number {
    return this.#at + this.#extraBytes
  }

  /** Moves over the JSON blanks and returns the unit behind them, NaN at the end. */
  skipBlanks(): number {
    let unit = this.#text.charCodeAt(this.#at)
    while (unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0d) unit = this.#text.charCodeAt(++this.#at)
    return unit
  }

  /** Moves over one unit of punctuation. */
  skip(): void {
    this.#at++
  }

  /** Records what is wrong here, or at `offset`. */
  fail(code: ScanFailureCode, message: string, offset: number = this.offset): undefined {
    this.failure ??= { ok: false, code, offset, message: `${message} at byte ${offset}` }
    return undefined
  }

  /** Reads a scalar that begins with `unit`. Undefined after a failure. */
  scalar(unit: number): JsonNode | undefined {
    this.loneSurrogateOffset = -1
    this.isNonFinite = false
    const start = this.offset
    if (unit === 0x22) {
      const value = this.string()
      return value === undefined ? undefined : { kind: 'string', value, start, end: this.offset }
    }
    if (unit === 0x2d || (unit >= 0x30 && unit <= 0x39)) return this.#number(start)
    if (unit === 0x74) return this.#word('true') ? { kind: 'literal', value: true, start, end: start + 4 } : undefined
    if (unit === 0x66) return this.#word('false') ? { kind: 'literal', value: false, start, end: start + 5 } : undefined
    if (unit === 0x6e) return this.#word('null') ? { kind: 'literal', value: null, start, end: start + 4 } : undefined
    if (this.#allowsNonFinite && unit === 0x4e) return this.#nonFinite('NaN', start)
    if (this.#allowsNonFinite && unit === 0x49) return this.#nonFinite('Infinity', start)
    return this.fail('json-invalid', 'expected a value')
  }

  /** Reads a string, the cursor being on its opening quote. Undefined after a failure. */
  string(): string | undefined {
    this.loneSurrogateOffset = -1
    const text = this.#text
    const from = ++this.#at
    const end = this.#skipPlain()
    const unit = text.charCodeAt(end)
    if (unit === 0x22) {
      this.#at++
      return text.slice(from, end)
    }
    return unit === 0x5c ? this.#escapedString(from) : this.#stringFault()
  }

  /** After the root value: nothing but blanks may follow. */
  expectEnd(root: JsonNode['kind']): void {
    const before = this.#at
    const unit = this.skipBlanks()
    if (Number.isNaN(unit)) return
    // `01` or `truex` is one malformed token; `{}1`, `1 2` and `1{` are two records.
    const isApart = this.#at > before || root === 'object' || root === 'array' || root === 'string'
    const beginsValue = isApart ? '{["-0123456789tfn' : '{["'
    if (beginsValue.includes(String.fromCharCode(unit))) this.fail('glued-records', 'a second value begins')
    else this.fail('json-invalid', 'expected the end')
  }

  /** Moves to the next unit of a string that is not plain: quote, backslash, control or the end. Returns its index. */
  #skipPlain(): number {
    const text = this.#text
    let at = this.#at
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      if (unit < 0x80) {
        if (unit === 0x22 || unit === 0x5c || unit < 0x20) break
      } else if (unit < 0x800 || (unit >= 0xd800 && unit < 0xe000)) {
        // A pair of surrogates is four bytes, so each half counts as two.
        this.#extraBytes += 1
      } else {
        this.#extraBytes += 2
      }
    }
    this.#at = at
    return at
  }

  #stringFault(): undefined {
    const isCut = this.#at >= this.#text.length
    return this.fail('json-invalid', isCut ? 'string without an end' : 'control character in a string')
  }

  /** Reads on from the first backslash of a string that began at `from`. */
  #escapedString(from: number): string | undefined {
    const text = this.#text
    let value = ''
    let start = from
    /** Byte offset of a high surrogate escape whose partner has not come, and the index where it must. */
    let highOffset = -1
    let partnerAt = -1
    for (;;) {
      const end = this.#skipPlain()
      if (highOffset >= 0 && end !== partnerAt) {
        this.#noteLone(highOffset)
        highOffset = -1
      }
      value += text.slice(start, end)
      const unit = text.charCodeAt(end)
      if (unit === 0x22) break
      if (unit !== 0x5c) return this.#stringFault()
      const escapeOffset = this.offset
      const decoded = this.#escape()
      if (decoded < 0) return undefined
      value += String.fromCharCode(decoded)
      start = this.#at
      const isLow = decoded >= 0xdc00 && decoded < 0xe000
      if (isLow && highOffset < 0) this.#noteLone(escapeOffset)
      if (!isLow && highOffset >= 0) this.#noteLone(highOffset)
      const isHigh = decoded >= 0xd800 && decoded < 0xdc00
      highOffset = isHigh ? escapeOffset : -1
      partnerAt = this.#at
    }
    if (highOffset >= 0) this.#noteLone(highOffset)
    this.#at++
    return value
  }

  #noteLone(offset: number): void {
    if (this.loneSurrogateOffset < 0) this.loneSurrogateOffset = offset
  }

  /** Reads one escape and returns the unit it stands for, or -1 after a failure. */
  #escape(): number {
    const letter = this.#text.charCodeAt(++this.#at)
    if (letter !== 0x75) {
      const index = escapeLetters.indexOf(this.#text.charAt(this.#at))
      if (index < 0 || Number.isNaN(letter)) {
        this.fail('json-invalid', Number.isNaN(letter) ? 'string without an end' : 'unknown escape')
        return -1
      }
      this.#at++
      return escapedUnits.charCodeAt(index)
    }
    let unit = 0
    for (let i = 0; i < 4; i++) {
      const digit = hexDigit(this.#text.charCodeAt(++this.#at))
      if (digit < 0) {
        this.fail('json-invalid', 'expected a hex digit')
        return -1
      }
      unit = unit * 16 + digit
    }
    this.#at++
    return unit
  }

  #number(start: number): NumberNode | NonFiniteNode | undefined {
    const text = this.#text
    const from = this.#at
    if (text.charCodeAt(this.#at) === 0x2d) this.#at++
    const first = text.charCodeAt(this.#at)
    if (first === 0x49 && this.#allowsNonFinite) {
      this.#at = from
      return this.#nonFinite('-Infinity', start)
    }
    const integerFrom = this.#at
    if (first === 0x30) this.#at++
    else if (!this.#digits()) return undefined
    const integerDigits = this.#at - integerFrom
    if (text.charCodeAt(this.#at) === 0x2e) {
      this.#at++
      if (!this.#digits()) return undefined
    }
    const e = text.charCodeAt(this.#at)
    if (e === 0x65 || e === 0x45) {
      const sign = text.charCodeAt(++this.#at)
      if (sign === 0x2b || sign === 0x2d) this.#at++
      if (!this.#digits()) return undefined
    }
    const lexeme = text.slice(from, this.#at)
    if (isIntegerLexeme(lexeme)) {
      if (integerDigits > this.#integerDigitsMax) {
        return this.fail('number-too-long', `integer over ${this.#integerDigitsMax} digits`, start)
      }
    } else if (!Number.isFinite(Number(lexeme))) this.isNonFinite = true
    return { kind: 'number', lexeme, start, end: this.offset }
  }

  /** Moves over one or more digits; false after a failure. */
  #digits(): boolean {
    const from = this.#at
    let unit = this.#text.charCodeAt(from)
    while (unit >= 0x30 && unit <= 0x39) unit = this.#text.charCodeAt(++this.#at)
    if (this.#at > from) return true
    this.fail('json-invalid', 'expected a digit')
    return false
  }

  #nonFinite(lexeme: NonFiniteNode['lexeme'], start: number): NonFiniteNode | undefined {
    if (!this.#word(lexeme)) return undefined
    this.isNonFinite = true
    return { kind: 'non-finite', lexeme, start, end: this.offset }
  }

  /** Moves over a word of ASCII letters; false after a failure, which names the first unit that differs. */
  #word(word: string): boolean {
    for (let i = 0; i < word.length; i++, this.#at++) {
      if (this.#text.charCodeAt(this.#at) === word.charCodeAt(i)) continue
      this.fail('json-invalid', `expected '${word}'`)
      return false
    }
    return true
  }
}

const escapeLetters = '"\\/bfnrt'
const escapedUnits = '"\\/\b\f\n\r\t'

/** The value of a hex digit, or -1. */
function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30
  const lower = unit | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
