// Golden frames both ways, and what damage to a frame may and may not do.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { LedgerError } from '@ledgerd/schema'
import { describe, expect, it } from 'vitest'
import type { ClientFrame } from './client-frames.ts'
import type { DaemonFrame } from './daemon-frames.ts'
import { decodeFrame, encodeFrame, frameBodyBytesMax, splitLines } from './frame-codec.ts'
import { checkRequestedLedgers } from './requested-ledgers.ts'

type Direction = 'from-client' | 'from-daemon'
interface GoodVector {
  readonly name: string
  readonly direction: Direction
  readonly header: ClientFrame | DaemonFrame
  readonly body: string
  readonly frame: string
}
interface BadVector {
  readonly name: string
  readonly direction: Direction
  readonly frame?: string
  readonly frameBase64?: string
  readonly flaw: string
}

const good = vectors<GoodVector>('frames-good.jsonl')
const bad = vectors<BadVector>('frames-bad.jsonl')
const utf8 = new TextEncoder()

describe('golden frames', () => {
  it.each(good)('$direction: $name', ({ direction, header, body, frame }) => {
    expect(text(encodeFrame(header, utf8.encode(body)))).toBe(frame)
    const decoded = decode(utf8.encode(frame), direction)
    expect(decoded.header).toEqual(header)
    expect(text(decoded.body)).toBe(body)
  })

  it('hold every frame type', () => {
    const seen = new Set(good.map((vector) => `${vector.direction} ${vector.header.t}`))
    expect(seen.size).toBe(9 + 12)
  })

  it.each(bad)('$direction, refused: $name', ({ direction, frame, frameBase64, flaw }) => {
    const bytes = frame === undefined ? Buffer.from(frameBase64 ?? '', 'base64') : utf8.encode(frame)
    const error = refusalOf(bytes, direction)
    expect(error?.code).toBe('FRAME_INVALID')
    expect(error?.message).toContain(flaw)
  })
})

describe('frames that name no ledger', () => {
  it.each(vectors<{ name: string; frame: string }>('frames-ledgers.jsonl'))(
    'decode, as requests to refuse: $name',
    ({ frame }) => {
      const { header } = decodeFrame(utf8.encode(frame), { direction: 'from-client' })
      expect(refusal(() => checkRequestedLedgers(header))).toMatchObject({
        code: 'LEDGER_ID_INVALID',
        outcome: 'absent',
      })
    },
  )

  it.each(good.filter(({ direction }) => direction === 'from-client'))(
    'are not among the golden ones: $name',
    ({ header }) => {
      expect(refusal(() => checkRequestedLedgers(header as ClientFrame))).toBeUndefined()
    },
  )
})

describe('decodeFrame', () => {
  it('quotes nothing of a header that it refuses: it may hold a token', () => {
    for (const frame of [
      'SECRET\n',
      '{"t":"hello","token":"SECRET"x}\n',
      '{"t":"SECRET"}\n',
      '{"t":"stop","id":"SECRET"}\n',
    ])
      expect(refusalOf(utf8.encode(frame), 'from-client')?.message).not.toContain('SECRET')
  })

  it('ignores members it does not know', () => {
    const decoded = decode(utf8.encode('{"t":"stop","id":1,"later":{"x":[1.5]}}\n'), 'from-client')
    expect(decoded.header).toMatchObject({ t: 'stop', id: 1 })
  })

  it('takes a body of exactly the limit and refuses one byte more, both ways', () => {
    const header = { t: 'append', id: 1, ledger: 'a', n: 1 } as const
    const full = new Uint8Array(frameBodyBytesMax).fill(0x20)
    full[full.length - 1] = 0x0a
    const frame = encodeFrame(header, full)
    expect(decode(frame, 'from-client').body.length).toBe(frameBodyBytesMax)
    expect(() => encodeFrame(header, new Uint8Array(frameBodyBytesMax + 1))).toThrow(/^FRAME_INVALID/)
    const over = new Uint8Array(frame.length + 1).fill(0x0a)
    over.set(frame)
    expect(refusalOf(over, 'from-client')?.message).toContain('the body is over')
  })

  it('takes a header of exactly the limit and refuses one byte more', () => {
    const frame = utf8.encode('{"t":"ping"}\n')
    expect(decodeFrame(frame, { direction: 'from-client', headerBytesMax: 12 }).header.t).toBe('ping')
    expect(() => decodeFrame(frame, { direction: 'from-client', headerBytesMax: 11 })).toThrow(/over 11 bytes/)
    const long = { t: 'hello', client: 'x'.repeat(65_536) } as const
    expect(() => encodeFrame(long)).toThrow(/^FRAME_INVALID/)
  })

  it('refuses every truncation of a header', () => {
    for (const { frame, direction } of good) {
      const header = utf8.encode(frame.slice(0, frame.indexOf('\n')))
      for (let end = 0; end < header.length; end += 1) {
        const cut = new Uint8Array(end + 1)
        cut.set(header.subarray(0, end))
        cut[end] = 0x0a
        expect(refusalOf(cut, direction)?.code).toBe('FRAME_INVALID')
        expect(refusalOf(header.subarray(0, end), direction)?.code).toBe('FRAME_INVALID')
      }
    }
  })

  it('answers a changed byte with FRAME_INVALID or a frame that is valid in itself', () => {
    const change = fc.record({ vector: fc.constantFrom(...good), at: fc.nat(), byte: fc.nat(255) })
    fc.assert(
      fc.property(change, ({ vector, at, byte }) => {
        const bytes = utf8.encode(vector.frame)
        bytes[at % vector.frame.indexOf('\n')] = byte
        expectSound(bytes, vector.direction)
      }),
      { numRuns: 3000 },
    )
  })

  it('answers any bytes with FRAME_INVALID or a valid frame', () => {
    const direction = fc.constantFrom<Direction>('from-client', 'from-daemon')
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.json({ maxDepth: 9 }).map((json) => utf8.encode(`${json}\n`)),
    )
    fc.assert(fc.property(noise, direction, (bytes, side) => expectSound(bytes, side)))
  })
})

describe('encodeFrame', () => {
  it('is undone by decodeFrame for any header text', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 300 })
    fc.assert(
      fc.property(words, words, (client, token) => {
        const header = { t: 'hello', client, token } as const
        expect(decode(encodeFrame(header), 'from-client').header).toEqual(header)
      }),
    )
  })
})

describe('splitLines', () => {
  const cases = [
    { name: 'one', body: 'a\n', n: 1, want: ['a'] },
    { name: 'blank lines', body: '\n\n', n: 2, want: ['', ''] },
    { name: 'one too few', body: 'a\n', n: 2, want: undefined },
    { name: 'one too many', body: 'a\nb\n', n: 1, want: undefined },
    { name: 'not ended', body: 'a\nb', n: 2, want: undefined },
    { name: 'a rest', body: 'a\nb', n: 1, want: undefined },
    { name: 'empty', body: '', n: 1, want: undefined },
  ]
  it.each(cases)('$name', ({ body, n, want }) => {
    if (want === undefined) expect(() => splitLines(utf8.encode(body), n)).toThrow(/^FRAME_INVALID/)
    else expect(splitLines(utf8.encode(body), n).map(text)).toEqual(want)
  })
})

/** Decodes to FRAME_INVALID, or to a header that survives another trip unchanged. */
function expectSound(bytes: Uint8Array, direction: Direction): void {
  const error = refusalOf(bytes, direction)
  if (error !== undefined) {
    expect(error.code).toBe('FRAME_INVALID')
    return
  }
  const { header, body } = decode(bytes, direction)
  expect(decode(encodeFrame(header, body), direction).header).toEqual(header)
}

function decode(bytes: Uint8Array, direction: Direction): { header: ClientFrame | DaemonFrame; body: Uint8Array } {
  return direction === 'from-client' ? decodeFrame(bytes, { direction }) : decodeFrame(bytes, { direction })
}

function refusalOf(bytes: Uint8Array, direction: Direction): LedgerError | undefined {
  return refusal(() => decode(bytes, direction))
}

function refusal(act: () => unknown): LedgerError | undefined {
  try {
    act()
  } catch (error) {
    if (error instanceof LedgerError) return error
    throw error
  }
  return undefined
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

function vectors<Row>(name: string): Row[] {
  const path = new URL(`../../../vectors/protocol/${name}`, import.meta.url)
  const rows = readFileSync(path, 'utf8').trimEnd().split('\n')
  return rows.map((row) => JSON.parse(row) as Row)
}
