import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { artifactRows, currentArtifacts, exportedLedger, readVector } from '../conformance/build-desk.ts'
import { createOrderingHasher, digestLines, digestRows } from './ordering-hasher.ts'
import type { OrderingDigest } from './ordering-hasher.ts'

interface HasherVector {
  readonly note: string
  readonly js: string | null
  readonly lines: readonly string[] | null
  readonly digest: OrderingDigest
}

const vectors = new TextDecoder()
  .decode(readVector('hasher_vectors.jsonl'))
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as HasherVector)

/** The inputs that JSON cannot hold, by the description that stands in `js`. */
const described: Readonly<Record<string, readonly unknown[]>> = {
  '[null]': [null],
  '[JSON.stringify(undefined)]': [JSON.stringify(undefined)],
  '[{a:1}] -> "[object Object]"': [{ a: 1 }],
  '[0]': [0],
  "['\\ud800']": ['\ud800'],
}

function hashAll(values: Iterable<unknown>): OrderingDigest {
  const hasher = createOrderingHasher()
  for (const value of values) hasher.update(value)
  return hasher.digest()
}

function sha1OfLines(lines: readonly string[]): string {
  return createHash('sha1')
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('hex')
}

describe('the ordering hash', () => {
  it('has thirteen vectors', () => expect(vectors).toHaveLength(13))

  for (const { note, js, lines, digest } of vectors)
    it(`of ${note}`, () => {
      const input = lines ?? described[js ?? '']
      expect(input).toBeDefined()
      expect(hashAll(input ?? [])).toEqual(digest)
    })

  it('reproduces every entry of a whole build but its placeholder', () => {
    const code = currentArtifacts('code')
    const prose = currentArtifacts('prose')
    for (const [stage, current] of [['stage2:code', code] as const, ['stage2:prose', prose] as const]) {
      const recorded = exportedLedger.stages[stage]?.artifacts ?? {}
      expect(Object.keys(recorded).length).toBe(stage === 'stage2:code' ? 6 : 1)
      for (const [artifact, { hash, count }] of Object.entries(recorded))
        expect([stage, artifact, current[artifact]?.hash, current[artifact]?.count]).toEqual([
          stage,
          artifact,
          hash,
          count,
        ])
    }
  })

  it('takes the order of members as evidence', () => {
    const [row] = artifactRows.arts['code']?.['repo_map'] ?? []
    const reversed = Object.fromEntries(Object.entries(row ?? {}).toReversed())
    expect(digestRows([row])?.hash).not.toBe(digestRows([reversed])?.hash)
  })

  it('is null for no lines, and not for an empty line', () => {
    expect([digestLines([]), digestRows([])]).toEqual([null, null])
    expect(digestLines([''])?.count).toBe(1)
  })

  it('is that of the lines joined, however long they are, and can be asked for on the way', () => {
    const line = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 20_000, max: 70_000 }).map((length) => 'ü'.repeat(length)),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.nat(12), (lines, at) => {
        const hasher = createOrderingHasher()
        for (const [index, text] of lines.entries()) {
          if (index === at) expect(hasher.digest().value).toBe(sha1OfLines(lines.slice(0, at)))
          hasher.update(text)
        }
        expect(hasher.digest()).toMatchObject({ value: sha1OfLines(lines), count: lines.length })
      }),
      { numRuns: 50 },
    )
  })
})

describe('lines that others hash alike', () => {
  const cases: {
    name: string
    input: readonly unknown[]
    want: readonly (readonly [line: number, offset: number])[]
  }[] = [
    { name: 'none', input: ['a', 'é', '😀', 'a\r', '\u2028'], want: [] },
    { name: 'a line feed within', input: ['é', 'a\nb'], want: [[2, 3]] },
    {
      name: 'half a surrogate pair',
      input: ['\ud800', 'x', 'y\udc00'],
      want: [
        [1, 0],
        [3, 6],
      ],
    },
    { name: 'behind a long line', input: ['x'.repeat(100_000), '\n'], want: [[2, 100_001]] },
  ]
  for (const { name, input, want } of cases)
    it(name, () => {
      const hasher = createOrderingHasher()
      for (const value of input) hasher.update(value)
      const found = hasher.findings()
      expect(found.map(({ line, offset }) => [line, offset])).toEqual(want)
      for (const finding of found) expect(finding).toMatchObject({ code: 'ambiguous-line', severity: 'W' })
    })

  it('are told by their count', () => {
    expect(digestLines(['a\nb'])?.hash).toBe(digestLines(['a', 'b'])?.hash)
    expect([digestLines(['a\nb'])?.count, digestLines(['a', 'b'])?.count]).toEqual([1, 2])
  })

  it('are named a hundred times at most', () => {
    const hasher = createOrderingHasher()
    for (let i = 0; i < 300; i++) hasher.update('\n')
    expect(hasher.findings()).toHaveLength(100)
  })
})

describe('chunk hashes', () => {
  const lines = Array.from({ length: 25 }, (_, index) => `row ${index}`)

  it('are the running hash at the end of each full chunk', () => {
    const hasher = createOrderingHasher({ chunkLines: 10 })
    for (const line of lines) hasher.update(line)
    const want = [sha1OfLines(lines.slice(0, 10)), sha1OfLines(lines.slice(0, 20))]
    expect(hasher.chunkHashes()).toEqual({ chunkLines: 10, hashes: want })
    expect(hasher.digest().value).toBe(sha1OfLines(lines))
  })

  it('are kept only when asked for', () => {
    expect(createOrderingHasher().chunkHashes()).toBeUndefined()
    expect(createOrderingHasher({ chunkLines: 1 }).chunkHashes()).toEqual({ chunkLines: 1, hashes: [] })
    for (const chunkLines of [0, -1, 1.5, Number.NaN])
      expect(() => createOrderingHasher({ chunkLines })).toThrow(RangeError)
  })

  it('are thinned out when they would be too many, and stay running hashes', () => {
    const many = Array.from({ length: 1024 * 4 + 4 }, (_, index) => String(index))
    const hasher = createOrderingHasher({ chunkLines: 1 })
    for (const line of many) hasher.update(line)
    const { chunkLines = 0, hashes = [] } = hasher.chunkHashes() ?? {}
    expect([chunkLines, hashes.length]).toEqual([8, 512])
    for (const index of [0, 7, 511]) expect(hashes[index]).toBe(sha1OfLines(many.slice(0, (index + 1) * chunkLines)))
  })
})
