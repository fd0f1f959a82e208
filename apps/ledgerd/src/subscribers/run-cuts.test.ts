import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutRun, lineLengthAt, piecesOf, runWithin } from './run-cuts.ts'
import { isContiguous, lineFilter, selectLines } from './line-filter.ts'

const run = (lines: readonly string[], from = 5) => ({
  ledger: 'a',
  from,
  count: lines.length,
  bytes: Buffer.from(lines.map((line) => `${line}\n`).join('')),
})
const textOf = (bytes: Uint8Array): string[] => Buffer.from(bytes).toString().split('\n').slice(0, -1)
const lines = fc.array(fc.stringMatching(/^[ab]{0,6}$/), { maxLength: 12 })

describe('cuts of a run', () => {
  it('cutRun keeps the lines below a number', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 0, max: 25 }), (all, end) => {
        const cut = cutRun(run(all), end)
        expect([cut.count, textOf(cut.bytes)]).toEqual([
          Math.max(0, Math.min(all.length, end - 5)),
          all.slice(0, Math.max(0, end - 5)),
        ])
      }),
    )
  })

  it('runWithin keeps as many whole lines as fit, or one long line alone', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }), (all, bytesMax, more) => {
        const singleBytesMax = bytesMax + more
        const kept = runWithin(run(all), { bytesMax, singleBytesMax })
        const sizes = all.map((line) => line.length + 1)
        let want = 0
        for (let bytes = 0; want < all.length && bytes + (sizes[want] ?? 0) <= bytesMax; want += 1)
          bytes += sizes[want] ?? 0
        if (want === 0 && (sizes[0] ?? Infinity) <= singleBytesMax) want = 1
        expect([kept.count, textOf(kept.bytes)]).toEqual([want, all.slice(0, want)])
      }),
    )
  })

  it('piecesOf loses nothing, and fills each piece as far as whole lines do', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 20 }), (all, bytesMax) => {
        const pieces = piecesOf(run(all), bytesMax)
        expect(pieces.flatMap(({ bytes }) => textOf(bytes))).toEqual(all)
        let next = 5
        for (const [at, { from, count, bytes }] of pieces.entries()) {
          expect([from, count]).toEqual([next, textOf(bytes).length])
          next += count
          if (bytes.length > bytesMax) expect(count).toBe(1)
          const following = pieces[at + 1]
          if (following !== undefined) expect(bytes.length + lineLengthAt(following, next)).toBeGreaterThan(bytesMax)
        }
      }),
    )
  })

  it('lineLengthAt counts the LF', () => {
    expect([5, 6, 7].map((seq) => lineLengthAt(run(['', 'ab', 'c']), seq))).toEqual([1, 3, 2])
  })
})

describe('selectLines', () => {
  const filter = lineFilter(['a'], undefined)
  const routeOf = (line: Uint8Array) => ({ type: Buffer.from(line).toString()[0] ?? '', link: null })

  it('picks what matches, in order, and stops where it does not fit', () => {
    let cutShort = 0
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 20 }), (all, bytesMax) => {
        if (filter === undefined) throw new Error('a filter by type is one')
        const found = selectLines(run(all), filter, routeOf, { bytesMax, singleBytesMax: bytesMax, linesMax: 4 })
        const looked = all.slice(0, found.next - 5)
        expect(textOf(found.bytes)).toEqual(looked.filter((line) => line.startsWith('a')))
        expect(found.seqs.map((seq) => all[seq - 5])).toEqual(textOf(found.bytes))
        expect(found.bytes.length).toBeLessThanOrEqual(bytesMax)
        expect(found.isCutShort).toBe(looked.length < all.length)
        if (!found.isCutShort) return
        cutShort++
        expect(all[looked.length]).toMatch(/^a/)
      }),
    )
    expect(cutShort).toBeGreaterThan(5)
  })

  it('does not copy a run that matches as a whole', () => {
    const whole = run(['a', 'aa'])
    const found = filter && selectLines(whole, filter, routeOf, { bytesMax: 99, singleBytesMax: 99, linesMax: 9 })
    expect(found?.bytes.buffer).toBe(whole.bytes.buffer)
    expect(isContiguous(found?.seqs ?? [])).toBe(true)
  })
})
