// What a page and Node both do, for the suite that compares them: hashes, and events of an old version brought up to the
// newest. Plain JavaScript on the packages' public doors, so that a browser runs it as it stands.
import { contentHash } from '@ledgerd/canonical'
import { leafHash } from '@ledgerd/proof'
import { defineSchema, event, int, text } from '@ledgerd/schema'
import * as z from 'zod'

const tradeMade = z.looseObject({ item: text(), price: int() })
const tradeMadeSomewhere = z.looseObject({ ...tradeMade.shape, place: text().nullable() })

const older = defineSchema({ name: 'tavern', version: '1.0.0', events: { 'trade.made': event(tradeMade) } })
const newer = defineSchema({
  name: 'tavern',
  version: '2.0.0',
  events: { 'trade.made': event(tradeMade).next(tradeMadeSomewhere, (old) => ({ ...old, place: null })) },
})

const encoder = new TextEncoder()

/** Stored lines of version 1, and digests of what a reader of version 2 makes of them. */
export function upcastDigests() {
  const writer = older.openWriter({ ledger: 'taverns/one' })
  return Array.from({ length: 20 }, (_, seq) => {
    const id = (seq + 1).toString(16).padStart(32, '0')
    const data = { item: `ale \u{1f37a} ${'ü'.repeat(seq)}`, price: seq * 10 ** 12, note: { seq, odd: seq % 2 === 1 } }
    const draft = older.encodeDraft({ type: 'trade.made', data, id, link: null, meta: {} })
    const admitted = writer.admit(encoder.encode(draft))
    const target = new Uint8Array(admitted.lineBytesMax)
    const line = target.slice(0, writer.seal(admitted, { seq, timeMs: Date.UTC(2026, 0, 2) + seq }, target, 0) - 1)
    const { data: newest, version } = newer.upcast(newer.decode(line))
    return { version, line: hex(leafHash(line)), event: contentHash('sha256', JSON.stringify(newest)) }
  })
}

/** Digests of every length around the block sizes, by both algorithms. */
export function hashDigests() {
  const lengths = [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 65_536]
  return lengths.flatMap((length) => {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 31 + length) & 0xff)
    return [
      contentHash('sha256', bytes),
      contentHash('sha1', bytes),
      contentHash('sha256', 'é\u{1f37a}'.repeat(length % 100)),
    ]
  })
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
