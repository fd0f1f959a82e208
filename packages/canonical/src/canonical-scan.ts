// Decides over raw bytes, in one pass and without allocating, whether a line is already `python` canonical text: the
// fast path of the daemon and the verifier. It may say no to anything; it must never say yes wrongly.
import { canonicalEscapeLength } from './canonical-escape.ts'
import { canonicalFloatEnd, isPrintedDouble, skipDigits } from './canonical-float.ts'
import { compareEscapedKeys, comparePlainKeys } from './key-bytes-order.ts'
import { plainRunEnd } from './plain-run.ts'
import { utf8SequenceLength } from './utf8-fault.ts'

const membersMax = 32
const integerDigitsMax = 4300

/** Reusable; what the fields say holds after a scan that returned true, until the next scan. */
export class CanonicalScan {
  /** Top-level members, at most 32: of more, the first 32 are kept. */
  memberCount = 0
  /** Where the key texts stand, without their quotes and as spelled, escapes included. */
  readonly keyStart: Int32Array = new Int32Array(membersMax)
  readonly keyEnd: Int32Array = new Int32Array(membersMax)
  /** Where the values stand, strings with their quotes. */
  readonly valueStart: Int32Array = new Int32Array(membersMax)
  readonly valueEnd: Int32Array = new Int32Array(membersMax)
  /** No byte outside 0x20..0x7E. U+007F makes it false, too, so that an ASCII line is its own `python-ascii` text. */
  isAscii = true
  /** Numbers in text order: 0 for an integer lexeme, 1 for a float lexeme. Longer than `numberCount`; grows as needed. */
  numberCount = 0
  numberKinds: Uint8Array = new Uint8Array(256)

  // Private to the compiler only: #names cost an eighth of the scan.

  /** By depth: 1 for an object, 0 for an array, and the last key of each open object; -1 before the first. */
  private isObject: Uint8Array = new Uint8Array(64)
  private lastKeyStart: Int32Array = new Int32Array(64)
  private lastKeyEnd: Int32Array = new Int32Array(64)
  /** By depth: 1 if the last key holds an escape, so that its bytes do not sort like its text. */
  private lastKeyEscaped: Uint8Array = new Uint8Array(64)
  private sawEscape = false
  /** A view of the whole buffer scanned last, since lines share one and a view costs a third of a scan. */
  private view: DataView = new DataView(new ArrayBuffer(0))
  /** Where the bytes being scanned begin in it. */
  private base = 0
  /** False while the value of a top-level member beyond the kept ones is read. */
  private isKept = false

  /**
   * True iff bytes[start, end) is one JSON object in exactly the `python` canonical text: grammar, separators `", "` and
   * `": "`, keys strictly ascending by code point at every depth (so none repeated), shortest escapes, well-formed UTF-8,
   * canonical numbers, no integer over 4,300 digits, at most `depthMax` containers within each other. False says only
   * "not known to be canonical": take the slow path. Offsets must fit 31 bits.
   */
  scan(bytes: Uint8Array, start: number, end: number, depthMax = 1000): boolean {
    return this.objectEnd(bytes, start, end, depthMax) === end
  }

  /** The same for an object that something may follow before `end`: the offset behind it, or -1. */
  objectEnd(bytes: Uint8Array, start: number, end: number, depthMax = 1000): number {
    this.memberCount = 0
    this.numberCount = 0
    this.isAscii = true
    this.isKept = false
    this.base = bytes.byteOffset
    if (bytes.buffer !== this.view.buffer) this.view = new DataView(bytes.buffer)
    if (end > bytes.length || bytes[start] !== 0x7b) return -1
    let at = start
    let depth = 0
    // Every token ends at or before `end` if the last one does, because the position only grows and is compared there.
    while (at < end) {
      const byte = bytes[at]!
      if (byte === 0x22) at = this.stringAt(bytes, at + 1, end)
      else if (byte === 0x7b || byte === 0x5b) {
        if (++depth > depthMax) return -1
        if (depth >= this.isObject.length) this.deepen()
        this.isObject[depth] = byte === 0x7b ? 1 : 0
        this.lastKeyStart[depth] = -1
        at++
        // 0x7b + 2 is '}' and 0x5b + 2 is ']': an empty container goes on to be closed below.
        if (bytes[at] !== byte + 2) {
          if (byte === 0x7b) at = this.keyAt(bytes, at, end, depth)
          if (at < 0) return -1
          continue
        }
      } else at = this.scalarAt(bytes, at, end, byte)
      if (at < 0) return -1
      while (depth > 0 && bytes[at] === (this.isObject[depth] === 1 ? 0x7d : 0x5d)) {
        if (depth === 1) this.endMember(at)
        at++
        depth--
      }
      // Beyond `end` no token can have begun, but the last one may have ended.
      if (depth === 0) return at <= end ? at : -1
      if (bytes[at] !== 0x2c || bytes[at + 1] !== 0x20) return -1
      if (depth === 1) this.endMember(at)
      at += 2
      if (this.isObject[depth] === 1) at = this.keyAt(bytes, at, end, depth)
      if (at < 0) return -1
    }
    return -1
  }

  /** True if the key text of a top-level member is `name`, in UTF-8 and without an escape. */
  keyIs(bytes: Uint8Array, member: number, name: Uint8Array): boolean {
    const start = this.keyStart[member]!
    if (member >= this.memberCount || this.keyEnd[member]! - start !== name.length) return false
    for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name[i]) return false
    return true
  }

  /** Reads a key that must sort behind the one before it, and `": "`. Returns the offset behind, or -1. */
  private keyAt(bytes: Uint8Array, at: number, end: number, depth: number): number {
    if (bytes[at] !== 0x22) return -1
    const start = at + 1
    this.sawEscape = false
    const behind = this.stringAt(bytes, start, end)
    if (behind < 0 || bytes[behind] !== 0x3a || bytes[behind + 1] !== 0x20) return -1
    const last = this.lastKeyStart[depth]!
    const isEscaped = this.sawEscape ? 1 : 0
    if (last >= 0) {
      const arePlain = isEscaped === 0 && this.lastKeyEscaped[depth] === 0
      const compare = arePlain ? comparePlainKeys : compareEscapedKeys
      if (compare(bytes, last, this.lastKeyEnd[depth]!, start, behind - 1) >= 0) return -1
    }
    this.lastKeyStart[depth] = start
    this.lastKeyEnd[depth] = behind - 1
    this.lastKeyEscaped[depth] = isEscaped
    if (depth === 1) this.beginMember(start, behind - 1)
    return behind + 2
  }

  /** Reads a string from behind its opening quote. Returns the offset behind the closing quote, or -1. */
  private stringAt(bytes: Uint8Array, from: number, end: number): number {
    let at = from
    for (;;) {
      at = plainRunEnd(this.view, this.base, at, end)
      if (at >= end) return -1
      const byte = bytes[at]!
      if (byte === 0x22) return at + 1
      let length = 1
      if (byte === 0x5c) {
        this.sawEscape = true
        length = canonicalEscapeLength(bytes, at, end)
      } else if (byte < 0x20) return -1
      else {
        this.isAscii = false
        length = utf8SequenceLength(bytes, at, end)
      }
      if (length === 0) return -1
      at += length
    }
  }

  private scalarAt(bytes: Uint8Array, at: number, end: number, byte: number): number {
    if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return this.numberAt(bytes, at, end)
    if (byte === 0x74) return isWord(bytes, at, wordTrue) ? at + 4 : -1
    if (byte === 0x66) return isWord(bytes, at, wordFalse) ? at + 5 : -1
    if (byte === 0x6e) return isWord(bytes, at, wordNull) ? at + 4 : -1
    return -1
  }

  /** Reads a canonical number. Returns the offset behind it, or -1. */
  private numberAt(bytes: Uint8Array, from: number, end: number): number {
    const integerFrom = bytes[from] === 0x2d ? from + 1 : from
    const integerEnd = skipDigits(bytes, integerFrom, end)
    const integerDigits = integerEnd - integerFrom
    const isZeroFirst = bytes[integerFrom] === 0x30
    if (integerDigits === 0 || (isZeroFirst && integerDigits > 1)) return -1
    const next = bytes[integerEnd]
    if (next !== 0x2e && next !== 0x65) {
      // Python has no integer -0.
      if ((isZeroFirst && integerFrom > from) || integerDigits > integerDigitsMax) return -1
      this.noteNumber(0)
      return integerEnd
    }
    this.noteNumber(1)
    if (next === 0x65) return canonicalFloatEnd(bytes, from, end)
    const fractionFrom = integerEnd + 1
    const fractionEnd = skipDigits(bytes, fractionFrom, end)
    if (bytes[fractionEnd] === 0x65) return canonicalFloatEnd(bytes, from, end)
    const fractionDigits = fractionEnd - fractionFrom
    if (fractionDigits === 0) return -1
    let significant = integerDigits + fractionDigits
    if (bytes[fractionEnd - 1] === 0x30) {
      if (fractionDigits > 1) return -1
      significant--
    } else if (isZeroFirst) {
      let zeros = 0
      while (bytes[fractionFrom + zeros] === 0x30) zeros++
      // 0.0000… is written with an exponent.
      if (zeros > 3) return -1
      significant = fractionDigits - zeros
    }
    // Two decimals of at most 15 digits never share a double, so such a text is the shortest of its double; of 16 and
    // 17 digits only the double can tell.
    if (significant <= 15 || isPrintedDouble(bytes, integerFrom, fractionEnd)) return fractionEnd
    return canonicalFloatEnd(bytes, from, end)
  }

  private noteNumber(kind: number): void {
    if (this.numberCount === this.numberKinds.length) {
      const larger = new Uint8Array(this.numberKinds.length * 2)
      larger.set(this.numberKinds)
      this.numberKinds = larger
    }
    this.numberKinds[this.numberCount++] = kind
  }

  private beginMember(start: number, end: number): void {
    const member = this.memberCount
    this.isKept = member < membersMax
    if (!this.isKept) return
    this.keyStart[member] = start
    this.keyEnd[member] = end
    // Behind the closing quote and ": ".
    this.valueStart[member] = end + 3
    this.memberCount = member + 1
  }

  /** Where the value of the top-level member read last ends. */
  private endMember(at: number): void {
    if (this.isKept) this.valueEnd[this.memberCount - 1] = at
  }

  private deepen(): void {
    const length = this.isObject.length * 2
    this.isObject = enlarge(new Uint8Array(length), this.isObject)
    this.lastKeyEscaped = enlarge(new Uint8Array(length), this.lastKeyEscaped)
    this.lastKeyStart = enlarge(new Int32Array(length), this.lastKeyStart)
    this.lastKeyEnd = enlarge(new Int32Array(length), this.lastKeyEnd)
  }
}

const encoder = new TextEncoder()
const wordTrue: Uint8Array = encoder.encode('true')
const wordFalse: Uint8Array = encoder.encode('false')
const wordNull: Uint8Array = encoder.encode('null')

function isWord(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false
  return true
}

function enlarge<Array extends Uint8Array | Int32Array>(target: Array, source: Array): Array {
  target.set(source)
  return target
}
