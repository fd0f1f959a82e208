// The fast reading recognises only lines and drafts in one spelling; what they mean must not depend on it. Every line
// of the original is taken once as it stands and once respelled, and both ways must say the same.
import { formatNode, parse } from '@ledgerd/canonical'
import { describe, expect, it } from 'vitest'
import { readVectorLines } from '../conformance/check-file.ts'
import { openChecker } from './checker.ts'
import { decode } from './decode.ts'
import { encodeDraft } from './draft-text.ts'
import { openWriter } from './writer.ts'

const encoder = new TextEncoder()
const worlds = ['daily_undertaking', 'pipeworks_web']

/** The same value without blanks, non-ASCII escaped. */
function respell(bytes: Uint8Array): Uint8Array {
  const result = parse(bytes)
  if (!result.ok) throw new Error(result.message)
  const text = formatNode(result.root, 'python-compact-ascii')
  if (!text.ok) throw new Error(text.code)
  return encoder.encode(text.text)
}

describe('lines', () => {
  for (const world of worlds)
    it(`of ${world} have one verdict in any spelling`, () => {
      const [asTheyStand, respelled] = [openChecker({ ledger: world }), openChecker({ ledger: world })]
      for (const [index, line] of readVectorLines(`live/${world}.jsonl`).entries()) {
        const place = { line: index + 1, offset: 0 }
        const verdict = asTheyStand.check(line, place)
        const other = respelled.check(respell(line), place)
        const findings = other.findings.filter(({ code }) => code !== 'not-canonical')
        expect({ ...other, findings }).toEqual(verdict)
        expect(other.findings.length - findings.length).toBe(1)
      }
    })
})

describe('drafts', () => {
  for (const world of worlds)
    it(`of ${world} become one line in any spelling`, () => {
      const writer = openWriter({ ledger: world })
      const seal = (draft: Uint8Array): string => {
        const admitted = writer.admit(draft)
        const target = new Uint8Array(admitted.lineBytesMax)
        // As text: compared byte by byte, the lines would take most of the time.
        return Buffer.from(target.buffer, 0, writer.seal(admitted, { seq: 0, timeMs: 0 }, target, 0)).toString('latin1')
      }
      for (const line of readVectorLines(`live/${world}.jsonl`)) {
        const { eventId: id, type, link, meta, data } = decode(line)
        const draft = encoder.encode(encodeDraft({ id, type, link, meta, data }))
        // Integers where floats are declared are what JSON.stringify makes of 0 and 1.
        const plain = encoder.encode(JSON.stringify({ type, id, data, meta, link }))
        expect(seal(respell(draft))).toBe(seal(draft))
        expect(seal(plain)).toBe(seal(draft))
      }
    })
})
