// A mechanical resolution read in place: where its members stand in canonical text, and its scores. Rules, hash and
// history all work on this, so that neither admission nor checking builds a value for it.
import { locateMembers, skipScalar, skipString, skipValue } from '@ledgerd/schema'
import { TextCache } from './text-cache.ts'

export const speaker = 0
export const listener = 1
const stranger = 2

/** Broken places named per line, and entries kept for later lines; a hostile line costs no more. */
const strayDeltasMax = 16
const spareEntriesMax = 1024

const quote = 0x22
const comma = 0x2c
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const memberKeys = encodeAll('axis_snapshot_before', 'channel', 'grammar_version', 'listener', 'speaker')
const partyKeys = encodeAll('axis_deltas', 'character_id', 'character_name')

/** One axis of one character. */
export interface AxisEntry {
  role: number
  nameStart: number
  nameEnd: number
  /** Scores are read to about 15 digits, which is far below the tolerance of every rule. */
  before: number
  delta: number
}

/** A delta whose axis is not in the snapshot. */
export interface StrayDelta {
  readonly role: number
  readonly name: string
}

/** Reusable: the fields speak of the resolution that was read last. */
export class ResolutionText {
  bytes: Uint8Array = new Uint8Array(0)
  start = -1
  snapshotAt = -1
  snapshotEnd = -1
  channelAt = -1
  grammarAt = -1
  /** By role: where the values stand. */
  readonly characterIdAt: Int32Array = new Int32Array(2)
  readonly characterIdEnd: Int32Array = new Int32Array(2)
  readonly characterNameAt: Int32Array = new Int32Array(2)
  /** The first `entryCount` are in force; the others are kept for later lines. */
  readonly entries: AxisEntry[] = []
  entryCount = 0
  /** At most 16; what follows the last of them was not read. */
  strayDeltas: StrayDelta[] = []
  /** The snapshot holds the speaker and the listener and nobody else. */
  hasExactCharacters = false
  readonly #texts: TextCache = new TextCache()
  readonly #members: Int32Array = new Int32Array(memberKeys.length)
  readonly #party: Int32Array = new Int32Array(partyKeys.length)
  readonly #deltasAt: Int32Array = new Int32Array(2)
  readonly #seen: Int32Array = new Int32Array(3)

  /** Reads the canonical text at `at`, which is known to have the shape of a resolution. */
  read(bytes: Uint8Array, at: number): void {
    const members = this.#members
    this.bytes = bytes
    this.start = at
    locateMembers(bytes, at, memberKeys, members)
    this.snapshotAt = members[0] ?? -1
    this.channelAt = members[1] ?? -1
    this.grammarAt = members[2] ?? -1
    this.#readParty(listener, members[3] ?? -1)
    this.#readParty(speaker, members[4] ?? -1)
    this.#readSnapshot()
    if (this.strayDeltas.length > 0) this.strayDeltas = []
    this.#readDeltas(speaker)
    this.#readDeltas(listener)
    if (this.entryCount < spareEntriesMax && this.entries.length > spareEntriesMax)
      this.entries.length = spareEntriesMax
  }

  /** The text of a value or, without its quotes, of an axis name. */
  textOf(start: number, end: number = skipValue(this.bytes, start)): string {
    return this.#texts.textOf(this.bytes, start, end)
  }

  #readParty(role: number, at: number): void {
    locateMembers(this.bytes, at, partyKeys, this.#party)
    this.#deltasAt[role] = this.#party[0] ?? -1
    const idAt = this.#party[1] ?? -1
    this.characterIdAt[role] = idAt
    this.characterIdEnd[role] = skipScalar(this.bytes, idAt)
    this.characterNameAt[role] = this.#party[2] ?? -1
  }

  #readSnapshot(): void {
    const { bytes } = this
    this.entryCount = 0
    this.#seen.fill(0)
    let next = this.snapshotAt + 1
    while (bytes[next] === quote) {
      const keyEnd = skipString(bytes, next)
      const role = this.#roleOf(next + 1, keyEnd - 1)
      this.#seen[role] = 1
      next = this.#readScores(role, keyEnd + 2)
      if (bytes[next] !== comma) break
      next += 2
    }
    this.snapshotEnd = next + 1
    const hasListener = this.#seen[listener] === 1 || this.#isSameCharacter()
    this.hasExactCharacters = this.#seen[speaker] === 1 && hasListener && this.#seen[stranger] === 0
  }

  #readScores(role: number, at: number): number {
    const { bytes } = this
    let next = at + 1
    while (bytes[next] === quote) {
      const keyEnd = skipString(bytes, next)
      const end = skipScalar(bytes, keyEnd + 2)
      this.#addEntry(role, next + 1, keyEnd - 1, decimalOf(bytes, keyEnd + 2, end))
      next = end
      if (bytes[next] !== comma) break
      next += 2
    }
    return next + 1
  }

  /** Deltas and entries stand in the same order, so each entry is looked at once. */
  #readDeltas(role: number): void {
    const { bytes } = this
    const owner = role === listener && this.#isSameCharacter() ? speaker : role
    let from = 0
    let next = (this.#deltasAt[role] ?? -1) + 1
    while (bytes[next] === quote) {
      const keyEnd = skipString(bytes, next)
      const end = skipScalar(bytes, keyEnd + 2)
      const index = this.#entryFrom(from, owner, next + 1, keyEnd - 1)
      const entry = this.entries[index]
      if (entry !== undefined) {
        entry.delta += decimalOf(bytes, keyEnd + 2, end)
        from = index + 1
      } else if (this.strayDeltas.push({ role, name: this.textOf(next, keyEnd) }) >= strayDeltasMax) {
        return
      }
      next = end
      if (bytes[next] !== comma) break
      next += 2
    }
  }

  #addEntry(role: number, nameStart: number, nameEnd: number, before: number): void {
    const entry = this.entries[this.entryCount++]
    if (entry === undefined) {
      this.entries.push({ role, nameStart, nameEnd, before, delta: 0 })
      return
    }
    entry.role = role
    entry.nameStart = nameStart
    entry.nameEnd = nameEnd
    entry.before = before
    entry.delta = 0
  }

  /** The index of the entry of an axis, −1 if there is none at `from` or behind it. */
  #entryFrom(from: number, role: number, start: number, end: number): number {
    for (let i = from; i < this.entryCount; i++) {
      const entry = this.entries[i]
      if (entry === undefined || entry.role !== role || entry.nameEnd - entry.nameStart !== end - start) continue
      if (this.#isSameText(start, entry.nameStart, end - start)) return i
    }
    return -1
  }

  /** Whose id stands, as a key of the snapshot, in [start, end). A character that talks to itself is the speaker. */
  #roleOf(start: number, end: number): number {
    if (this.#isId(speaker, start, end)) return speaker
    return this.#isId(listener, start, end) ? listener : stranger
  }

  #isSameCharacter(): boolean {
    return this.#isId(listener, this.characterIdAt[speaker] ?? -1, this.characterIdEnd[speaker] ?? -1)
  }

  #isId(role: number, start: number, end: number): boolean {
    const idAt = this.characterIdAt[role] ?? -1
    return (this.characterIdEnd[role] ?? -1) - idAt === end - start && this.#isSameText(start, idAt, end - start)
  }

  #isSameText(start: number, otherStart: number, length: number): boolean {
    const { bytes } = this
    for (let i = 0; i < length; i++) if (bytes[start + i] !== bytes[otherStart + i]) return false
    return true
  }
}

function encodeAll(...names: readonly string[]): Uint8Array[] {
  return names.map((name) => encoder.encode(name))
}

/** The number whose canonical lexeme is bytes[start, end), to about 15 digits. */
function decimalOf(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === 0x2d
  let mantissa = 0
  let exponent = 0
  let fractionStep = 0
  let at = isNegative ? start + 1 : start
  for (; at < end && bytes[at] !== 0x65; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x2e) {
      fractionStep = 1
      continue
    }
    mantissa = mantissa * 10 + (byte - 0x30)
    exponent -= fractionStep
  }
  if (at < end) exponent += Number(decoder.decode(bytes.subarray(at + 1, end)))
  const value =
    exponent < 0 && exponent > -powers.length ? mantissa / (powers[-exponent] ?? 1) : scale(mantissa, exponent)
  return isNegative ? -value : value
}

const powers: readonly number[] = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)

/** Zero stays zero, whatever the exponent. */
function scale(mantissa: number, exponent: number): number {
  return mantissa === 0 ? 0 : mantissa * 10 ** exponent
}
