import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBlank, LineSplitter, type SplitLine } from './line-splitter.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Pushes the chunks and shows each line as text, offset and marks. */
function split(chunks: readonly Uint8Array[], lineBytesMax?: number): string[] {
  const splitter = new LineSplitter(lineBytesMax === undefined ? {} : { lineBytesMax })
  const shown: string[] = []
  const show = (line: SplitLine): void => {
    const marks = (line.isTerminated ? '' : ' unterminated') + (line.isTooLong ? ' too long' : '')
    shown.push(`${line.offset}:${decoder.decode(line.bytes)}${marks}`)
  }
  for (const chunk of chunks) for (const line of splitter.push(chunk)) show(line)
  const last = splitter.end()
  if (last !== undefined) show(last)
  return shown
}

describe('LineSplitter', () => {
  const cases: { name: string; chunks: string[]; lineBytesMax?: number; want: string[] }[] = [
    { name: 'nothing', chunks: [], want: [] },
    { name: 'empty chunks', chunks: ['', ''], want: [] },
    { name: 'one line', chunks: ['ab\n'], want: ['0:ab'] },
    { name: 'blank lines count', chunks: ['\n\na\n'], want: ['0:', '1:', '2:a'] },
    { name: 'no LF at the end', chunks: ['a\nbc'], want: ['0:a', '2:bc unterminated'] },
    { name: 'a line over chunks', chunks: ['a', 'b', 'c\nd', '\n'], want: ['0:abc', '4:d'] },
    { name: 'LF alone in a chunk', chunks: ['ab', '\n'], want: ['0:ab'] },
    { name: 'CR, NEL, LS, FF are text', chunks: ['a\r\n\u0085\u2028\f\n'], want: ['0:a\r', '3:\u0085\u2028\f'] },
    {
      name: 'a line of the limit',
      chunks: ['abc\n', 'ab', 'c\n', 'abc'],
      lineBytesMax: 3,
      want: ['0:abc', '4:abc', '8:abc unterminated'],
    },
    { name: 'a line over the limit', chunks: ['abcd\nx\n'], lineBytesMax: 3, want: ['0: too long', '5:x'] },
    {
      name: 'over the limit in many chunks',
      chunks: ['ab', 'cd', 'efgh', 'i\nx', 'y\n'],
      lineBytesMax: 3,
      want: ['0: too long', '10:xy'],
    },
    { name: 'over the limit without LF', chunks: ['ab', 'cd'], lineBytesMax: 3, want: ['0: unterminated too long'] },
    {
      name: 'two over the limit',
      chunks: ['abcd\nabcd\na\n'],
      lineBytesMax: 3,
      want: ['0: too long', '5: too long', '10:a'],
    },
  ]
  it.each(cases)('$name', ({ chunks, lineBytesMax, want }) => {
    expect(
      split(
        chunks.map((chunk) => encoder.encode(chunk)),
        lineBytesMax,
      ),
    ).toEqual(want)
  })

  it('gives the same lines however the stream is cut', () => {
    const text = fc.array(fc.constantFrom('\n', '\n', 'a', 'é', '😀', '\r', 'xyz'), { maxLength: 40 })
    fc.assert(
      fc.property(text, fc.array(fc.nat(60), { maxLength: 8 }), fc.integer({ min: 1, max: 12 }), (parts, cuts, max) => {
        const bytes = encoder.encode(parts.join(''))
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
        const chunks = at.slice(1).map((end, i) => bytes.slice(at[i], end))
        expect(split(chunks, max)).toEqual(split([bytes], max))
        expect(split(chunks).map((shown) => shown.replace(/^\d+:| unterminated$/g, ''))).toEqual(
          decoder
            .decode(bytes)
            .replace(/\n$/, '')
            .split('\n')
            .slice(bytes.length === 0 ? 1 : 0),
        )
      }),
    )
  })

  it('keeps a carried line readable until the next push, though the caller reuses its chunk', () => {
    const splitter = new LineSplitter()
    const chunk = new Uint8Array(4)
    const push = (text: string): SplitLine[] => {
      chunk.set(encoder.encode(text))
      return [...splitter.push(chunk)]
    }
    expect(push('abcd')).toEqual([])
    const lines = push('e\nfg')
    expect(lines.map((line) => decoder.decode(line.bytes))).toEqual(['abcde'])
    expect(push('hij\n').map((line) => decoder.decode(line.bytes))).toEqual(['fghij'])
  })

  it('stays small on an endless line', () => {
    const splitter = new LineSplitter({ lineBytesMax: 100 })
    const chunk = new Uint8Array(65_536).fill(0x61)
    for (let i = 0; i < 1000; i++) expect([...splitter.push(chunk)]).toEqual([])
    expect(splitter.end()).toEqual({ bytes: new Uint8Array(0), offset: 0, isTerminated: false, isTooLong: true })
  })

  it('tells a caller who leaves a push half read', () => {
    const splitter = new LineSplitter()
    for (const _ of splitter.push(encoder.encode('a\nb\n'))) break
    expect(() => splitter.push(encoder.encode('c\n'))).toThrow('finish iterating')
    expect(() => splitter.end()).toThrow('finish iterating')
  })
})

describe('isBlank', () => {
  it.each([
    { name: 'nothing', input: '', want: true },
    { name: 'space, tab, CR', input: ' \t\r', want: true },
    { name: 'NUL', input: '\0', want: false },
    { name: 'form feed', input: '\f', want: false },
    { name: 'no-break space', input: '\u00a0', want: false },
    { name: 'text', input: '  x', want: false },
  ])('$name', ({ input, want }) => expect(isBlank(encoder.encode(input))).toBe(want))
})
