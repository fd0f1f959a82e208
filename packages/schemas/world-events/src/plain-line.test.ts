import { sha256Hex } from '@ledgerd/canonical'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FindingList } from '@ledgerd/schema'
import { readVectorLines } from '../conformance/check-file.ts'
import { examineLine } from './line-examination.ts'
import { PlainLine } from './plain-line.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const world = 'daily_undertaking'
const lines = readVectorLines('live/daily_undertaking.jsonl')
const plain = new PlainLine(encoder.encode(`"${world}"`))

function readFast(line: Uint8Array): object | undefined {
  const variant = plain.read(line, line.length) ? plain.matchChecksum(line, line.length) : undefined
  return variant === undefined ? undefined : { variant, eventId: plain.eventId, type: plain.type, link: plain.link }
}

/** What the examination says of a line that it has nothing to say about. */
function readSlow(line: Uint8Array): object | undefined {
  const findings = new FindingList({ line: 1, offset: 0 })
  const examination = examineLine(line, world, findings)
  if (examination?.variant === undefined || findings.all.length > 0) return undefined
  const { variant, eventId, type, link } = examination
  return { variant, eventId, type, link }
}

/** The line with the checksum that its bytes call for, in one of the two texts. */
function reseal(line: Uint8Array, variant: string): Uint8Array {
  const text = decoder.decode(line)
  const body = `{${text.slice(89)}`
  const hashed =
    variant === 'python'
      ? body
      : body.replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return encoder.encode(`${text.slice(0, 22)}${sha256Hex(hashed)}${text.slice(86)}`)
}

describe('the fast reading of a line', () => {
  it('reads what writers wrote, under either checksum, in any order', () => {
    for (const [i, line] of lines.slice(0, 200).entries()) {
      const sealed = reseal(line, i % 3 === 0 ? 'python' : 'python-ascii')
      expect(readFast(sealed)).toBeDefined()
      expect(readFast(sealed)).toEqual(readSlow(sealed))
    }
  })

  it('says of edited lines that were sealed again what the examination says, and nothing of those it has words for', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...['', '"', '\\', '}', '{', ', ', ' ', '1', '-', '.', 'a', 'A', 'null', '{}', '[]', '\r', '\u007f'],
      ),
      fc.constantFrom(...['"a": 1, ', ', "z": {"é": "😀"}', '\u0000', '\\n', '\\u000a', '0', 'Z', '+00:00', '"\\""']),
      fc.string({ unit: 'binary', maxLength: 2 }),
    )
    const edit = fc.record({ at: fc.nat(900), removed: fc.constantFrom(0, 0, 1, 2, 6), piece })
    const variant = fc.constantFrom('python', 'python-ascii', 'none')
    let [fast, total] = [0, 0]
    fc.assert(
      fc.property(
        fc.constantFrom(...lines.slice(0, 60)),
        fc.array(edit, { maxLength: 2 }),
        variant,
        (line, edits, kind) => {
          let bytes = [...line]
          for (const { at, removed, piece: put } of edits)
            bytes = [...bytes.slice(0, at), ...encoder.encode(put), ...bytes.slice(at + removed)]
          const edited = kind === 'none' ? Uint8Array.from(bytes) : reseal(Uint8Array.from(bytes), kind)
          const got = readFast(edited)
          expect([decoder.decode(edited), got]).toEqual([decoder.decode(edited), readSlow(edited)])
          total++
          if (got !== undefined) fast++
        },
      ),
      { numRuns: 8000 },
    )
    // Edits inside of texts leave lines that both read.
    expect(fast).toBeGreaterThan(total / 20)
  })
})
