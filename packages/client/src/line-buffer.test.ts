import type { LinesFrame } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineBuffer } from './line-buffer.ts'

const line = fc.uint8Array({ maxLength: 12 }).map((bytes) => bytes.map((byte) => (byte === 0x0a ? 0x20 : byte)))
const body = fc.array(line, { minLength: 1, maxLength: 5 })

function frameOf(from: number, n: number): LinesFrame {
  return { t: 'lines', id: 1, ledger: 'a', from, n, next: from + n }
}

function bytesOf(lines: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(lines.flatMap((one) => [one, Buffer.from('\n')]))
}

/** Takes lines until there are none; says the code when that fails. */
function takeAll(buffer: LineBuffer): {
  readonly seqs: number[]
  readonly lines: Uint8Array[]
  readonly code?: string
} {
  const seqs: number[] = []
  const lines: Uint8Array[] = []
  try {
    for (let taken = buffer.take(); taken !== undefined; taken = buffer.take()) {
      seqs.push(taken.seq)
      lines.push(taken.line)
    }
    return { seqs, lines }
  } catch (error) {
    if (error instanceof LedgerError) return { seqs, lines, code: error.code }
    throw error
  }
}

describe('LineBuffer', () => {
  it('gives back the lines of any frames, in order, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(body, { maxLength: 80 }), (bodies) => {
        const buffer = new LineBuffer({ indexOfByte: (bytes, byte, from) => bytes.indexOf(byte, from) })
        let from = 0
        for (const lines of bodies) {
          buffer.push(frameOf(from, lines.length), bytesOf(lines))
          from += lines.length
        }
        const taken = takeAll(buffer)
        expect(taken.code).toBeUndefined()
        expect(taken.seqs).toEqual(taken.seqs.map((_, at) => at))
        expect(Buffer.from(bytesOf(taken.lines)).equals(bytesOf(bodies.flat()))).toBe(true)
        expect(buffer.bytes).toBe(0)
      }),
    )
  })

  it('calls a body with another number of lines INTEGRITY_BROKEN', () => {
    fc.assert(
      fc.property(body, fc.integer({ min: 1, max: 9 }), fc.uint8Array({ maxLength: 3 }), (lines, n, rest) => {
        const bytes = Buffer.concat([bytesOf(lines), rest])
        const lineFeeds = bytes.reduce((count, byte) => count + (byte === 0x0a ? 1 : 0), 0)
        const isRight = lineFeeds === n && bytes.at(-1) === 0x0a
        const buffer = new LineBuffer({ indexOfByte: (bytes, byte, from) => bytes.indexOf(byte, from) })
        buffer.push(frameOf(0, n), bytes)
        expect(takeAll(buffer).code).toBe(isRight ? undefined : 'INTEGRITY_BROKEN')
      }),
    )
  })
})
