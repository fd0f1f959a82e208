// The members behind `data`, found from the end of a line that is laid out as writers of this family do it. Nothing is
// decoded and no payload is looked at: every byte from `event_id` to the end is either compared or of a checked kind.
import { hasText, isHex } from '@ledgerd/schema'
import { eventIdLength } from './event-id.ts'
import { layout } from './line-layout.ts'

const encoder = new TextEncoder()
const metas: readonly Uint8Array[] = [encoder.encode('{}'), encoder.encode('{"phase": "pre_axis_engine"}')]
const nullText: Uint8Array = encoder.encode('null')
const linkDigits = 64
const quote = 0x22
const backslash = 0x5c
/** More than an ordinary world, timestamp or type has. */
const textBytesMax = 128

/** Reads one line at a time; the fields belong to the line that `read` said yes to last. */
export class PlainTail {
  eventIdAt = 0
  typeStart = 0
  typeEnd = 0
  /** Where the digits of the link stand; -1 if it is null. */
  linkAt = -1
  timeStart = 0
  timeEnd = 0

  /** True if the line, given without its LF, ends in such members. False says only "read it in another way". */
  read(line: Uint8Array): boolean {
    const worldEnd = line.length - 2
    if (line[worldEnd] !== quote || line[worldEnd + 1] !== 0x7d) return false
    // Between the lead and the text of the world stands its opening quote.
    this.timeEnd = textStart(line, worldEnd) - 1 - layout.world.length
    if (this.timeEnd < 0 || !hasText(line, this.timeEnd, layout.world)) return false
    this.timeStart = textStart(line, this.timeEnd)
    const metaEnd = this.timeStart - layout.timestamp.length
    if (metaEnd < 0 || !hasText(line, metaEnd, layout.timestamp)) return false
    for (const meta of metas)
      if (hasText(line, metaEnd - meta.length, meta)) return this.#readNames(line, metaEnd - meta.length)
    return false
  }

  #readNames(line: Uint8Array, metaStart: number): boolean {
    const linkEnd = metaStart - layout.meta.length
    if (!hasText(line, linkEnd, layout.meta)) return false
    const isNull = hasText(line, linkEnd - nullText.length, nullText)
    const linkStart = linkEnd - (isNull ? nullText.length : linkDigits + 2)
    if (
      !isNull &&
      !(line[linkStart] === quote && line[linkEnd - 1] === quote && isHex(line, linkStart + 1, linkDigits))
    )
      return false
    this.linkAt = isNull ? -1 : linkStart + 1
    this.typeEnd = linkStart - layout.link.length
    if (!hasText(line, this.typeEnd, layout.link)) return false
    this.typeStart = textStart(line, this.typeEnd)
    const idEnd = this.typeStart - layout.eventType.length
    this.eventIdAt = idEnd - eventIdLength
    return (
      this.typeStart < this.typeEnd &&
      hasText(line, idEnd, layout.eventType) &&
      isHex(line, this.eventIdAt, eventIdLength) &&
      hasText(line, this.eventIdAt - layout.eventId.length, layout.eventId)
    )
  }
}

/** Where the plain ASCII text that ends at `end` begins, behind a quote; -1 if it is no such text or a long one. */
function textStart(line: Uint8Array, end: number): number {
  let at = end - 1
  for (const atMin = end - textBytesMax; at >= atMin; at--) {
    const byte = line[at]
    if (byte === quote) return at + 1
    if (byte === undefined || byte === backslash || byte < 0x20 || byte > 0x7e) return -1
  }
  return -1
}
