import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunkHashesFault, firstDifference } from './chunk-hashes.ts'
import type { ChunkedOrdering, LineRange } from './chunk-hashes.ts'
import { createOrderingHasher } from './ordering-hasher.ts'

function ordering(lines: readonly string[], chunkLines: number | undefined): ChunkedOrdering {
  const hasher = createOrderingHasher(chunkLines === undefined ? {} : { chunkLines })
  for (const line of lines) hasher.update(line)
  const { hash, count } = hasher.digest()
  return { hash, count, chunkHashes: hasher.chunkHashes() }
}

const letters = [...'abcdefghij']

describe('where two orderings part', () => {
  const cases: {
    name: string
    before: readonly string[]
    after: readonly string[]
    chunkLines: readonly [number | undefined, number | undefined]
    want: LineRange | undefined
  }[] = [
    {
      name: 'lines swapped in the second chunk',
      before: letters,
      after: [...'abcedfghij'],
      chunkLines: [3, 3],
      want: { firstLine: 4, lastLine: 6 },
    },
    {
      name: 'the very line, with chunks of one',
      before: letters,
      after: [...'abcdefgHij'],
      chunkLines: [1, 1],
      want: { firstLine: 8, lastLine: 8 },
    },
    {
      name: 'chunks of other lengths, at the lines they share',
      before: letters,
      after: [...'abcdefgHij'],
      chunkLines: [2, 3],
      want: { firstLine: 7, lastLine: 10 },
    },
    {
      name: 'behind the last full chunk',
      before: letters,
      after: [...'abcdefghiJ'],
      chunkLines: [4, 4],
      want: { firstLine: 9, lastLine: 10 },
    },
    {
      name: 'lines added at the end',
      before: letters,
      after: [...letters, 'k', 'l'],
      chunkLines: [5, 1],
      want: { firstLine: 11, lastLine: 11 },
    },
    {
      name: 'fewer lines than a chunk',
      before: ['a'],
      after: ['b', 'c'],
      chunkLines: [64, 64],
      want: { firstLine: 1, lastLine: 2 },
    },
    { name: 'no chunk hashes before', before: letters, after: ['x'], chunkLines: [undefined, 1], want: undefined },
    { name: 'no chunk hashes after', before: letters, after: ['x'], chunkLines: [1, undefined], want: undefined },
  ]
  for (const { name, before, after, chunkLines, want } of cases)
    it(name, () =>
      expect(firstDifference(ordering(before, chunkLines[0]), ordering(after, chunkLines[1]))).toEqual(want),
    )

  it('holds the first line that differs, whatever the chunks', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 40 })
    const chunk = fc.integer({ min: 1, max: 12 })
    fc.assert(
      fc.property(lines, lines, chunk, chunk, (before, after, one, other) => {
        const at = before.findIndex((line, index) => line !== after[index])
        const first = (at === -1 ? before.length : at) + 1
        fc.pre(at !== -1 || after.length > before.length)
        const range = firstDifference(ordering(before, one), ordering(after, other))
        expect(range?.firstLine).toBeLessThanOrEqual(first)
        expect(range?.lastLine).toBeGreaterThanOrEqual(first)
      }),
    )
  })
})

describe('chunk hashes that contradict their entry', () => {
  const { hash, count, chunkHashes } = ordering(letters, 5)
  const sound = { hash, count, chunkHashes: chunkHashes ?? { chunkLines: 5, hashes: [] } }
  const [first = '', last = ''] = sound.chunkHashes.hashes
  const cases: { name: string; input: typeof sound; want: RegExp | undefined }[] = [
    { name: 'sound ones', input: sound, want: undefined },
    { name: 'no count', input: { ...sound, count: null }, want: /need the count/ },
    { name: 'another algorithm', input: { ...sound, hash: 'sha256:00' }, want: /SHA-1/ },
    {
      name: 'one too few',
      input: { ...sound, chunkHashes: { chunkLines: 5, hashes: [first] } },
      want: /one chunk hash/,
    },
    {
      name: 'one too many',
      input: { ...sound, chunkHashes: { chunkLines: 5, hashes: [first, last, last] } },
      want: /one/,
    },
    {
      name: 'another end',
      input: { ...sound, chunkHashes: { chunkLines: 5, hashes: [last, first] } },
      want: /all lines/,
    },
  ]
  for (const { name, input, want } of cases)
    it(name, () => {
      const fault = chunkHashesFault(input)
      if (want === undefined) expect(fault).toBeUndefined()
      else expect(fault).toMatch(want)
    })
})
