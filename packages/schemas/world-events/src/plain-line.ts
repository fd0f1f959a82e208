// The fast reading of a line: it recognises a line that is laid out and formed exactly as a writer of this family
// does it. The layout is compared, the objects in it are scanned, and nothing else is looked at twice. Every other line,
// be it legal or not, is left to the examination, which finds the words.
import { CanonicalScan, TextDigest } from '@ledgerd/canonical'
import { hasText, instantMs, isHex } from '@ledgerd/schema'
import { mayNameVersion } from './draft-version.ts'
import { eventIdLength } from './event-id.ts'
import { declaredTypeAt, isEventType } from './events.ts'
import { bodyOffset, checksumDigits, layout } from './line-layout.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const opening: Uint8Array = encoder.encode('", "data": ')
const noLink: Uint8Array = encoder.encode('null, "meta": ')
const openingAt = layout.head.length + checksumDigits
const linkDigits = 64
const openBrace = 0x7b
const closeBrace = 0x7d
const quote = 0x22
/** Containers in the line, its own included. */
const depthMax = 1000
/** No instant is longer, and no declared type; longer types are read by the examination. */
const textBytesMax = 128

/** Reads one line at a time; the fields belong to the line that `read` said yes to last. */
export class PlainLine {
  readonly #scan: CanonicalScan = new CanonicalScan()
  readonly #digest: TextDigest = new TextDigest()
  readonly #world: Uint8Array
  readonly #isWorldAscii: boolean
  #line: Uint8Array = new Uint8Array(0)
  #isAscii = true
  #isEscaped = false
  #linkAt = -1
  dataStart = 0
  dataEnd = 0
  eventIdAt = 0
  type = ''

  /** `world` is the JSON text of the world that lines must name. */
  constructor(world: Uint8Array) {
    this.#world = world
    this.#isWorldAscii = world.every((byte) => byte >= 0x20 && byte < 0x7f)
  }

  get eventId(): string {
    return decoder.decode(this.#line.subarray(this.eventIdAt, this.eventIdAt + eventIdLength))
  }

  get link(): string | null {
    return this.#linkAt === -1 ? null : decoder.decode(this.#line.subarray(this.#linkAt, this.#linkAt + linkDigits))
  }

  /** True if bytes[0, end) is such a line. It may still carry a wrong checksum, be it of hex digits or not, or payload. */
  read(line: Uint8Array, end: number): boolean {
    this.#line = line
    this.#isAscii = this.#isWorldAscii
    if (!hasText(line, 0, layout.head) || !hasText(line, openingAt, opening)) return false
    this.dataStart = openingAt + opening.length
    this.dataEnd = this.#objectEnd(line, this.dataStart, end)
    if (this.dataEnd === -1) return false
    const metaStart = this.#readNames(line, this.dataEnd)
    const metaEnd = metaStart === -1 ? -1 : this.#objectEnd(line, metaStart, end)
    // What the line says of its version is read by the examination.
    return metaEnd !== -1 && !mayNameVersion(line, metaStart, metaEnd) && this.#isTail(line, metaEnd, end)
  }

  /** Which checksum text the line's checksum was taken over; undefined if none, or if it is no checksum at all. */
  matchChecksum(line: Uint8Array, end: number): 'both' | 'python' | 'python-ascii' | undefined {
    if (this.#isAscii) return this.#isChecksum(line, end, false) ? 'both' : undefined
    // The lines of one file mostly have the variant of the line before.
    if (!this.#isChecksum(line, end, this.#isEscaped)) {
      if (!this.#isChecksum(line, end, !this.#isEscaped)) return undefined
      this.#isEscaped = !this.#isEscaped
    }
    return this.#isEscaped ? 'python-ascii' : 'python'
  }

  #isChecksum(line: Uint8Array, end: number, isEscaped: boolean): boolean {
    const digest = this.#digest
    const digits = isEscaped
      ? digest.ascii(line, bodyOffset, end, openBrace)
      : digest.raw(line, bodyOffset, end, openBrace)
    for (let i = 0; i < checksumDigits; i++) if (line[layout.head.length + i] !== digits.charCodeAt(i)) return false
    return true
  }

  #objectEnd(line: Uint8Array, start: number, end: number): number {
    const objectEnd = this.#scan.objectEnd(line, start, end, depthMax - 1)
    if (!this.#scan.isAscii) this.#isAscii = false
    return objectEnd
  }

  /** Reads id, type and link, which begin at `at`. Returns where the meta begins, or -1. */
  #readNames(line: Uint8Array, at: number): number {
    if (!hasText(line, at, layout.eventId)) return -1
    this.eventIdAt = at + layout.eventId.length
    const idEnd = this.eventIdAt + eventIdLength
    if (!isHex(line, this.eventIdAt, eventIdLength) || !hasText(line, idEnd, layout.eventType)) return -1
    const typeStart = idEnd + layout.eventType.length
    const typeEnd = quoteFrom(line, typeStart)
    if (typeEnd === -1 || !this.#readType(line, typeStart, typeEnd) || !hasText(line, typeEnd, layout.link)) return -1
    const linkStart = typeEnd + layout.link.length
    const hasLink = line[linkStart] === quote
    this.#linkAt = hasLink ? linkStart + 1 : -1
    if (!hasLink) return hasText(line, linkStart, noLink) ? linkStart + noLink.length : -1
    const linkEnd = linkStart + 1 + linkDigits
    const isFormed = isHex(line, this.#linkAt, linkDigits) && line[linkEnd] === quote
    return isFormed && hasText(line, linkEnd + 1, layout.meta) ? linkEnd + 1 + layout.meta.length : -1
  }

  #readType(line: Uint8Array, start: number, end: number): boolean {
    const declared = declaredTypeAt(line, start, end)
    this.type = declared?.name ?? decoder.decode(line.subarray(start, end))
    return declared !== undefined || isEventType(this.type)
  }

  /** True if version, time and world are all that stands in line[at, end). */
  #isTail(line: Uint8Array, at: number, end: number): boolean {
    const timeStart = at + layout.timestamp.length
    const timeEnd = hasText(line, at, layout.timestamp) ? quoteFrom(line, timeStart) : -1
    if (timeEnd === -1 || !hasText(line, timeEnd, layout.world)) return false
    const worldStart = timeEnd + layout.world.length
    return (
      worldStart + this.#world.length + 1 === end &&
      line[end - 1] === closeBrace &&
      hasText(line, worldStart, this.#world) &&
      !Number.isNaN(instantMs(line, timeStart, timeEnd))
    )
  }
}

/** Where the first quote from `at` on stands; -1 if it is far away. */
function quoteFrom(line: Uint8Array, at: number): number {
  for (let i = at; i < at + textBytesMax; i++) if (line[i] === quote) return i
  return -1
}
