// The fast reading of a line: it recognises a line that is laid out and formed exactly as a writer of this family
// does it. Everything else, be it legal or not, is left to the examination, which finds the words.
import { CanonicalScan, escapeNonAscii, sha256Hex } from '@ledgerd/canonical'
import { hasText, instantMs } from '@ledgerd/schema'
import { eventIdLength } from './event-id.ts'
import { isEventType } from './events.ts'
import { isHexString } from './hex.ts'
import { bodyOffset, checksumDigits, layout } from './line-layout.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const keyNames: readonly Uint8Array[] = [
  ...['_checksum', 'data', 'event_id', 'event_type', 'ipc_hash', 'meta', 'schema_version', 'timestamp', 'world_id'],
].map((name) => encoder.encode(name))
const schemaVersion = encoder.encode('"1.0"')
const openBrace = 0x7b
const depthMax = 1000

/** Members of a canonical line by position. */
const member = { checksum: 0, data: 1, eventId: 2, type: 3, link: 4, meta: 5, version: 6, time: 7, world: 8 } as const

/** Reads one line at a time; the fields belong to the line that `read` said yes to last. */
export class PlainLine {
  readonly #scan: CanonicalScan = new CanonicalScan()
  readonly #world: Uint8Array
  #copy: Uint8Array = new Uint8Array(4096)
  dataStart = 0
  dataEnd = 0
  eventIdAt = 0
  eventId = ''
  type = ''
  link: string | null = null

  /** `world` is the JSON text of the world that lines must name. */
  constructor(world: Uint8Array) {
    this.#world = world
  }

  /** True if bytes[0, end) is such a line. It may still carry a wrong checksum or payload. */
  read(line: Uint8Array, end: number): boolean {
    const scan = this.#scan
    if (!scan.scan(line, 0, end, depthMax) || scan.memberCount !== keyNames.length) return false
    for (let i = 0; i < keyNames.length; i++) {
      const name = keyNames[i]
      if (name === undefined || !scan.keyIs(line, i, name)) return false
    }
    return this.#readMembers(line)
  }

  /** Which checksum text the line's checksum was taken over; undefined if none, or if it is no checksum at all. */
  matchChecksum(line: Uint8Array, end: number): 'both' | 'python' | 'python-ascii' | undefined {
    const text = this.#hashedText(line, end)
    if (hasDigits(line, sha256Hex(text))) return this.#scan.isAscii ? 'both' : 'python'
    if (!this.#scan.isAscii && hasDigits(line, sha256Hex(escapeNonAscii(decoder.decode(text))))) return 'python-ascii'
    return undefined
  }

  /** The line from behind its checksum on, opened by the brace. Valid until the next call. */
  #hashedText(line: Uint8Array, end: number): Uint8Array {
    if (this.#copy.length < end) this.#copy = new Uint8Array(2 * end)
    const text = this.#copy.subarray(0, end - bodyOffset)
    text.set(line.subarray(bodyOffset, end))
    text[0] = openBrace
    return text
  }

  #readMembers(line: Uint8Array): boolean {
    const { valueStart, valueEnd } = this.#scan
    const start = (index: number): number => valueStart[index] ?? 0
    const end = (index: number): number => valueEnd[index] ?? 0
    const linkStart = start(member.link)
    const hasLink = line[linkStart] === 0x22
    const isFormed =
      hasText(line, 0, layout.head) &&
      end(member.checksum) === layout.head.length + checksumDigits + 1 &&
      line[start(member.data)] === openBrace &&
      line[start(member.meta)] === openBrace &&
      isHexString(line, start(member.eventId), end(member.eventId), eventIdLength) &&
      (hasLink ? isHexString(line, linkStart, end(member.link), 64) : line[linkStart] === 0x6e) &&
      hasText(line, start(member.version), schemaVersion) &&
      end(member.world) - start(member.world) === this.#world.length &&
      hasText(line, start(member.world), this.#world) &&
      line[start(member.time)] === 0x22 &&
      !Number.isNaN(instantMs(line, start(member.time) + 1, end(member.time) - 1))
    if (!isFormed || line[start(member.type)] !== 0x22) return false

    this.dataStart = start(member.data)
    this.dataEnd = end(member.data)
    this.eventIdAt = start(member.eventId) + 1
    return this.#readNames(line, start(member.type) + 1, end(member.type) - 1, hasLink ? linkStart + 1 : -1)
  }

  /** Id, type and link lie next to each other, so one decoding serves all three. */
  #readNames(line: Uint8Array, typeStart: number, typeEnd: number, linkStart: number): boolean {
    const base = this.eventIdAt
    const names = decoder.decode(line.subarray(base, linkStart === -1 ? typeEnd : linkStart + 64))
    if (names.length !== (linkStart === -1 ? typeEnd : linkStart + 64) - base || names.includes('\\')) return false
    this.eventId = names.slice(0, eventIdLength)
    this.type = names.slice(typeStart - base, typeEnd - base)
    this.link = linkStart === -1 ? null : names.slice(linkStart - base)
    return isEventType(this.type)
  }
}

/** True if these are the digits of the line's checksum. */
function hasDigits(line: Uint8Array, digits: string): boolean {
  for (let i = 0; i < checksumDigits; i++) if (line[layout.head.length + i] !== digits.charCodeAt(i)) return false
  return true
}
