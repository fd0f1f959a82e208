import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from './hash.ts'
import { escapeNonAscii } from './json-string.ts'
import { TextDigest } from './text-digest.ts'

const encoder = new TextEncoder()

/** Digests of `text`, whose first unit stands as a blank in the bytes, somewhere inside a larger buffer. */
function digestsOf(digest: TextDigest, text: string, skip = 3): { raw: string; ascii: string } {
  const bytes = encoder.encode(`${'é'.repeat(skip)} ${text.slice(1)}xé`).subarray(skip)
  const start = skip
  const end = bytes.length - 3
  const first = text.charCodeAt(0)
  return { raw: digest.raw(bytes, start, end, first), ascii: digest.ascii(bytes, start, end, first) }
}

function wanted(text: string): { raw: string; ascii: string } {
  return { raw: sha256Hex(text), ascii: sha256Hex(escapeNonAscii(text)) }
}

describe('TextDigest', () => {
  it.each([
    { name: 'one byte', text: '{' },
    { name: 'ASCII', text: '{"a": 1}' },
    { name: 'DEL alone and in a run', text: '{\u007f\u007f\u007f\u007fabcd~\u007f' },
    { name: 'the edges of each length', text: '{\u0080\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}' },
    { name: 'characters at every offset of a word', text: '{éaéabéabcéabcdéabcdeé' },
    { name: 'a byte behind a carry', text: '{\u007f\u007e\u007f\u007e' },
    { name: 'longer than what is escaped in bytes', text: `{${'aé\u007f'.repeat(20_000)}` },
    { name: 'as long as the scratch buffer can get', text: `{${'\u007f'.repeat(65_535)}` },
  ])('of $name', ({ text }) => expect(digestsOf(new TextDigest(), text)).toEqual(wanted(text)))

  it('is that of the string path, one text after another', () => {
    const digest = new TextDigest()
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3000 }),
      fc.string({ unit: fc.constantFrom('a', 'bcd', '\u007f', '~', 'é', '…', '😀', '"', '\\'), maxLength: 60 }),
    )
    fc.assert(
      fc.property(text, fc.nat(9), (input, skip) => {
        // Canonical text holds no raw controls.
        const canonical = `{${input.replaceAll(/[\u0000-\u001f]/g, '')}`
        expect(digestsOf(digest, canonical, skip)).toEqual(wanted(canonical))
      }),
      { numRuns: 2000 },
    )
  })
})
