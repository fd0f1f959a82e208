// The final bytes of a line: an admitted draft, a timestamp and a checksum, spliced into the layout without parsing
// anything again.
import { escapeNonAscii, sha256Hex } from '@ledgerd/canonical'
import { invariant } from '@ledgerd/schema'
import type { Stamp } from '@ledgerd/schema'
import { bodyOffset, layout } from './line-layout.ts'
import type { WriterProfile } from './profiles.ts'
import type { WorldDraft } from './world-draft.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const blank = 0x20
const openBrace = 0x7b
const closeBrace = 0x7d
const lineFeed = 0x0a

/** Seals the drafts of one ledger under one profile. */
export class Sealing {
  readonly #profile: WriterProfile
  readonly #world: Uint8Array
  #timeMs: number = Number.NaN
  #timestamp: Uint8Array = new Uint8Array(0)

  /** `world` is the JSON text of the world. */
  constructor(profile: WriterProfile, world: Uint8Array) {
    this.#profile = profile
    this.#world = world
  }

  /** Writes the line, LF included, into `target` at `at`; returns the offset behind it. */
  seal(draft: WorldDraft, stamp: Stamp, target: Uint8Array, at: number): number {
    invariant(target.length - at >= draft.lineBytesMax, 'the target has room for the line')
    target.set(layout.head, at)
    const digitsAt = at + layout.head.length
    const bodyAt = at + bodyOffset
    target.set(layout.afterChecksum, bodyAt - layout.afterChecksum.length + 1)
    const end = this.#writeBody(draft, stamp.timeMs, target, bodyAt)
    writeAscii(target, digitsAt, this.#checksum(target.subarray(bodyAt, end), draft.isAscii))
    // The hashed text begins with a brace where the line has a blank: the text of the object without its checksum.
    target[bodyAt] = blank
    target[end] = lineFeed
    return end + 1
  }

  #writeBody(draft: WorldDraft, timeMs: number, target: Uint8Array, bodyAt: number): number {
    target[bodyAt] = openBrace
    let at = bodyAt + 1
    at = append(target, at, layout.data)
    at = append(target, at, draft.data)
    at = append(target, at, layout.eventId)
    at = append(target, at, draft.idText)
    at = append(target, at, layout.eventType)
    at = append(target, at, draft.typeText)
    at = append(target, at, layout.link)
    at = append(target, at, draft.link)
    at = append(target, at, layout.meta)
    at = append(target, at, draft.meta)
    at = append(target, at, layout.timestamp)
    at = append(target, at, this.#timestampText(timeMs))
    at = append(target, at, layout.world)
    at = append(target, at, this.#world)
    target[at] = closeBrace
    return at + 1
  }

  #checksum(body: Uint8Array, isAscii: boolean): string {
    const isEscaped = this.#profile.checksum === 'python-ascii' && !isAscii
    return sha256Hex(isEscaped ? escapeNonAscii(decoder.decode(body)) : body)
  }

  /** Many lines share a millisecond. */
  #timestampText(timeMs: number): Uint8Array {
    if (timeMs !== this.#timeMs) {
      this.#timestamp = encoder.encode(this.#profile.formatTimestamp(timeMs))
      this.#timeMs = timeMs
    }
    return this.#timestamp
  }
}

function append(target: Uint8Array, at: number, text: Uint8Array): number {
  target.set(text, at)
  return at + text.length
}

function writeAscii(target: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) target[at + i] = text.charCodeAt(i)
}
