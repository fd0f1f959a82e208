import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Finding } from '@ledgerd/schema'
import { readVector } from '../conformance/check-file.ts'
import { formatPartIndex, parsePartIndex } from './part-index.ts'
import type { Part, PartIndex } from './part-index.ts'
import { partFolder } from './part-folder.ts'
import { planRow, resumeParts, withPart } from './plan-parts.ts'
import { isInside, readParts } from './read-parts.ts'
import type { OpenPart } from './read-parts.ts'

const encoder = new TextEncoder()
const folder = fileURLToPath(new URL('../vectors/real_shards', import.meta.url))
const indexBytes = readVector('real_shards/ledger.index.json')

function fixtureIndex(): PartIndex {
  const { index, findings } = parsePartIndex(indexBytes)
  expect(findings).toEqual([])
  if (index === undefined) throw new Error('the fixture has an index')
  return index
}

async function readAll(
  index: PartIndex,
  openPart: OpenPart,
): Promise<{ lines: string[]; places: number[][]; findings: Finding[] }> {
  const [lines, places, findings]: [string[], number[][], Finding[]] = [[], [], []]
  for await (const { bytes, place, part } of readParts(index, openPart, (finding) => findings.push(finding))) {
    lines.push(new TextDecoder().decode(bytes))
    places.push([part, place.line, place.offset])
  }
  return { lines, places, findings }
}

/** Files in memory, in chunks of three bytes. */
function files(texts: Readonly<Record<string, string>>): OpenPart {
  return (name) => {
    const text = texts[name]
    if (text === undefined) return Promise.resolve(undefined)
    const bytes = encoder.encode(text)
    return Promise.resolve(
      (async function* () {
        for (let at = 0; at < bytes.length; at += 3) yield bytes.slice(at, at + 3)
      })(),
    )
  }
}

function part(i: number, text: string | undefined, facts: Partial<Part> = {}): Part {
  const bytes = encoder.encode(text ?? '')
  const sha256 = text === undefined ? null : createHash('sha256').update(bytes).digest('hex')
  return { i, path: `l.part${i}`, bytes: bytes.length, sha256, finalizedAt: undefined, ...facts }
}

function indexOf(...parts: Part[]): PartIndex {
  return { name: 'l', createdAt: 0, parts }
}

const brief = (findings: readonly Finding[]): string[] =>
  findings.map(({ code, severity, line, path: where }) => `${severity} ${code} ${where ?? line}`)

describe('the shards of the original', () => {
  it('are whole: four sealed parts and two empty ones left open', async () => {
    const { lines, places, findings } = await readAll(fixtureIndex(), partFolder(folder))
    expect(findings).toEqual([])
    expect(lines).toHaveLength(60)
    expect(places[18]).toEqual([1, 19, 3918])
    expect(places[59]).toEqual([3, 60, 12_831])
  })

  it('have an index that is written again byte for byte', () => {
    expect(formatPartIndex(fixtureIndex())).toBe(new TextDecoder().decode(indexBytes))
  })

  it('go on in the last open part, and the one before is sealed', () => {
    const plan = resumeParts(fixtureIndex(), () => 17)
    expect(plan.steps.map(({ kind, part: { i } }) => `${kind} ${i}`)).toEqual(['seal 4'])
    expect([plan.part.i, plan.bytes]).toEqual([5, 17])
  })
})

describe('bad parts', () => {
  const row = '{"t": 1}\n'
  const cases: {
    readonly name: string
    readonly index: PartIndex
    readonly files?: Readonly<Record<string, string>>
    readonly want: readonly string[]
    readonly lines?: number
  }[] = [
    {
      name: 'clean',
      index: indexOf(part(0, row), part(1, undefined)),
      files: { 'l.part0': row, 'l.part1': row },
      want: [],
      lines: 2,
    },
    {
      name: 'a missing file',
      index: indexOf(part(0, row), part(1, row)),
      files: { 'l.part1': row },
      want: ['E part-missing /parts/0'],
      lines: 1,
    },
    {
      name: 'a gap',
      index: indexOf(part(0, row), part(2, row)),
      files: { 'l.part0': row, 'l.part2': row },
      want: ['E part-gap /parts/1/i'],
      lines: 2,
    },
    {
      name: 'not from 0',
      index: indexOf(part(1, row)),
      files: { 'l.part1': row },
      want: ['E part-gap /parts/0/i'],
      lines: 1,
    },
    {
      name: 'a part twice',
      index: indexOf(part(0, row), part(0, row)),
      files: { 'l.part0': row },
      want: ['E part-gap /parts/1/i'],
      lines: 2,
    },
    {
      name: 'another length and digest',
      index: indexOf(part(0, row)),
      files: { 'l.part0': row + row },
      want: ['E part-mismatch /parts/0/bytes', 'E part-mismatch /parts/0/sha256'],
      lines: 2,
    },
    {
      name: 'another byte',
      index: indexOf(part(0, row)),
      files: { 'l.part0': '{"t": 2}\n' },
      want: ['E part-mismatch /parts/0/sha256'],
      lines: 1,
    },
    {
      name: 'another length in the index',
      index: indexOf(part(0, row, { bytes: 8 })),
      files: { 'l.part0': row },
      want: ['E part-mismatch /parts/0/bytes'],
      lines: 1,
    },
    {
      name: 'an open part with a torn row',
      index: indexOf(part(0, undefined)),
      files: { 'l.part0': `${row}{"t": 2` },
      want: ['E torn-tail 2'],
      lines: 1,
    },
    {
      name: 'an open part without its last line feed',
      index: indexOf(part(0, undefined), part(1, row)),
      files: { 'l.part0': `${row}{"t": 2}`, 'l.part1': row },
      want: ['W unterminated-line 2'],
      lines: 3,
    },
    ...['../l.part0', '/l.part0', 'a/../../b', '', 'a//b', './l', 'C:\\l', 'a\\..\\b', 'x\u0000y'].map((where) => ({
      name: `the path ${JSON.stringify(where)}`,
      index: indexOf(part(0, row, { path: where })),
      files: { [where]: row },
      want: ['E part-path /parts/0/path'],
    })),
  ]
  for (const { name, index, files: texts = {}, want, lines = 0 } of cases)
    it(name, async () => {
      const read = await readAll(index, files(texts))
      expect(brief(read.findings)).toEqual(want)
      expect(read.lines).toHaveLength(lines)
    })

  it('a link that leaves the folder, and files that are none', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'parts-'))
    try {
      await writeFile(path.join(root, 'outside'), row)
      await mkdir(path.join(root, 'in'))
      await mkdir(path.join(root, 'in', 'folder'))
      await writeFile(path.join(root, 'in', 'real'), row)
      await symlink(path.join(root, 'outside'), path.join(root, 'in', 'link'))
      await symlink(path.join(root, 'in', 'real'), path.join(root, 'in', 'near'))
      const openPart = partFolder(path.join(root, 'in'))
      expect(await openPart('link')).toBe('outside')
      expect(await openPart('../outside')).toBe('outside')
      expect(await openPart('folder')).toBeUndefined()
      expect(await openPart('none')).toBeUndefined()
      const read = await readAll(indexOf(part(0, row, { path: 'near' })), openPart)
      expect([read.lines, read.findings]).toEqual([['{"t": 1}'], []])
    } finally {
      await rm(root, { recursive: true })
    }
  })

  it('paths below the folder are inside', () => {
    expect(['a', 'a/b', 'ü.jsonl', '...'].map(isInside)).toEqual([true, true, true, true])
  })
})

describe('bad indexes', () => {
  const cases = [
    { name: 'no JSON', text: '{', want: ['E json-invalid '] },
    { name: 'an array', text: '[]', want: ['E wrong-type '] },
    {
      name: 'empty',
      text: '{}',
      want: ['E missing-field /parts', 'E missing-field /name', 'E missing-field /created_at'],
    },
    {
      name: 'a repeated key',
      text: '{"name": "a", "name": "b", "created_at": 1, "parts": []}',
      want: ['E duplicate-key /name'],
    },
    {
      name: 'parts of another kind',
      text: '{"name": "a", "created_at": 1.5, "parts": {}}',
      want: ['E wrong-type /parts', 'E wrong-type /created_at'],
    },
    {
      name: 'a bad part',
      text: '{"name": "a", "created_at": 1, "parts": [{"i": -1, "path": 5, "bytes": 1e3, "sha256": "sha256:00"}, 7]}',
      want: [
        ...['E wrong-type /parts/0/i', 'E wrong-type /parts/0/path', 'E wrong-type /parts/0/bytes'],
        ...['E hash-format /parts/0/sha256', 'E wrong-type /parts/1'],
      ],
    },
  ]
  for (const { name, text, want } of cases)
    it(name, () => {
      const { index, findings } = parsePartIndex(encoder.encode(text))
      expect(index).toBeUndefined()
      expect(brief(findings)).toEqual(want)
    })

  it('orders parts by i', () => {
    const text = formatPartIndex(indexOf(part(1, 'b'), part(0, 'a')))
    expect(parsePartIndex(encoder.encode(text)).index?.parts.map(({ i }) => i)).toEqual([0, 1])
  })

  it('reads what it writes', () => {
    const anyPart = fc.record({
      i: fc.nat(),
      path: fc.string(),
      bytes: fc.maxSafeNat(),
      sha256: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/)),
      finalizedAt: fc.option(fc.maxSafeNat(), { nil: undefined }),
    })
    const parts = fc.uniqueArray(anyPart, { selector: ({ i }) => i })
    fc.assert(
      fc.property(fc.string(), fc.maxSafeNat(), parts, (name, createdAt, given) => {
        const index = { name, createdAt, parts: [...given].sort((a, b) => a.i - b.i) }
        expect(parsePartIndex(encoder.encode(formatPartIndex(index)))).toEqual({ index, findings: [] })
      }),
    )
  })
})

describe('planning', () => {
  it('begins a ledger with part 0', () => {
    const plan = resumeParts(indexOf(), () => 0)
    expect(plan).toMatchObject({ steps: [{ kind: 'open' }], part: { i: 0, path: 'l.part0000.jsonl', sha256: null } })
  })

  it('opens the next part behind a sealed one', () => {
    expect(resumeParts(indexOf(part(0, 'x')), () => 0).part).toMatchObject({ i: 1, path: 'l.part0001.jsonl' })
  })

  const cases = [
    { name: 'fits', bytes: 90, row: 9, want: ['append 0'], left: 99 },
    { name: 'fits exactly', bytes: 90, row: 10, want: ['append 0'], left: 100 },
    { name: 'one byte too many', bytes: 90, row: 11, want: ['seal 0', 'open 1', 'append 1'], left: 11 },
    { name: 'too long for any part, into an empty one', bytes: 0, row: 101, want: ['append 0'], left: 101 },
    {
      name: 'too long for any part, behind rows',
      bytes: 1,
      row: 101,
      want: ['seal 0', 'open 1', 'append 1'],
      left: 101,
    },
  ]
  for (const { name, bytes, row, want, left } of cases)
    it(name, () => {
      const plan = planRow('l', { steps: [], part: part(0, undefined), bytes }, row, 100)
      expect(plan.steps.map(({ kind, part: { i } }) => `${kind} ${i}`)).toEqual(want)
      expect(plan.bytes).toBe(left)
    })

  it('makes parts that are read back as the rows that went in', async () => {
    const rows = fc.array(fc.integer({ min: 0, max: 40 }).map((length) => `{"t": 1, "x": "${'x'.repeat(length)}"}\n`))
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 120 }), async (given, partBytesMax) => {
        const texts: Record<string, string> = {}
        let index = indexOf()
        let plan = resumeParts(index, () => 0)
        const run = (steps: typeof plan.steps, row: string): void => {
          for (const { kind, part: of } of steps) {
            if (kind === 'append') texts[of.path] += row
            else if (kind === 'open') index = withPart(index, { ...of, bytes: (texts[of.path] = '').length })
            else index = withPart(index, part(of.i, texts[of.path], { path: of.path }))
          }
        }
        run(plan.steps, '')
        for (const row of given) {
          plan = planRow(index.name, plan, row.length, partBytesMax)
          run(plan.steps, row)
        }
        const read = await readAll(index, files(texts))
        expect(read.findings).toEqual([])
        expect(read.lines.map((line) => `${line}\n`)).toEqual(given)
        for (const text of Object.values(texts))
          expect(text.length <= partBytesMax || text.indexOf('\n') === text.length - 1).toBe(true)
      }),
    )
  })
})
