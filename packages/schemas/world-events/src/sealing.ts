// The final bytes of a line: an admitted draft, a timestamp and a checksum, spliced into the layout without parsing
// anything again.
import { sha256Hex, TextDigest } from '@ledgerd/canonical'
import { invariant } from '@ledgerd/schema'
import type { Stamp } from '@ledgerd/schema'
import { bodyOffset, checksumDigits, layout } from './line-layout.ts'
import type { WriterProfile } from './profiles.ts'
import { absent, dataText, linkText, metaText } from './world-draft.ts'
import type { WorldDraft } from './world-draft.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const blank = 0x20
const openBrace = 0x7b
const lineFeed = 0x0a
/** Between the digits of the checksum and the payload, with the brace of the hashed text in place of its blank. */
const opening: Uint8Array = encoder.encode('",{"data": ')

/** Seals the drafts of one ledger under one profile. */
export class Sealing {
  readonly #profile: WriterProfile
  readonly #world: string
  readonly #digest: TextDigest = new TextDigest()
  #timeMs: number = Number.NaN
  /** All that follows the meta of a line stamped `#timeMs`. */
  #tail: Uint8Array = new Uint8Array(0)

  /** `world` is the JSON text of the world. */
  constructor(profile: WriterProfile, world: Uint8Array) {
    this.#profile = profile
    this.#world = decoder.decode(world)
  }

  /** Writes the line, LF included, into `target` at `at`; returns the offset behind it. */
  seal(draft: WorldDraft, stamp: Stamp, target: Uint8Array, at: number): number {
    invariant(target.length - at >= draft.lineBytesMax, 'the target has room for the line')
    target.set(layout.head, at)
    const digitsAt = at + layout.head.length
    const bodyAt = at + bodyOffset
    target.set(opening, digitsAt + checksumDigits)
    const tailAt = writeMembers(draft, target, digitsAt + checksumDigits + opening.length)
    const end = append(target, tailAt, this.#tailOf(stamp.timeMs))
    writeAscii(target, digitsAt, this.#checksum(target, bodyAt, end, draft.isAscii))
    // The hashed text begins with a brace where the line has a blank: the text of the object without its checksum.
    target[bodyAt] = blank
    target[end] = lineFeed
    return end + 1
  }

  #checksum(target: Uint8Array, bodyAt: number, end: number, isAscii: boolean): string {
    if (isAscii || this.#profile.checksum === 'python') return sha256Hex(target.subarray(bodyAt, end))
    return this.#digest.ascii(target, bodyAt, end, openBrace)
  }

  /** Many lines share a millisecond. */
  #tailOf(timeMs: number): Uint8Array {
    if (timeMs !== this.#timeMs) {
      const timestamp = this.#profile.formatTimestamp(timeMs)
      this.#tail = encoder.encode(`, "schema_version": "1.0", "timestamp": "${timestamp}", "world_id": ${this.#world}}`)
      this.#timeMs = timeMs
    }
    return this.#tail
  }
}

/** From the value of `data` to that of `meta`. */
function writeMembers(draft: WorldDraft, target: Uint8Array, dataAt: number): number {
  let at = append(target, dataAt, dataText(draft))
  at = append(target, at, layout.eventId)
  at = append(target, at, draft.idText)
  at = append(target, at, layout.eventType)
  at = append(target, at, draft.typeText)
  at = append(target, at, layout.link)
  // Canonical order puts link and meta next to each other, with the same text between them as in the line.
  const { bytes, linkStart, metaStart, metaEnd } = draft
  if (linkStart !== absent && metaStart !== absent) return append(target, at, bytes.subarray(linkStart, metaEnd))
  at = append(target, at, linkText(draft))
  at = append(target, at, layout.meta)
  return append(target, at, metaText(draft))
}

function append(target: Uint8Array, at: number, text: Uint8Array): number {
  target.set(text, at)
  return at + text.length
}

function writeAscii(target: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) target[at + i] = text.charCodeAt(i)
}
