import { describe, expect, it } from 'vitest'
import { checkLine, errorOf, exportedLedger, ledger, sealDraft, timeMs } from '../conformance/build-desk.ts'
import { buildOrder } from './build-order.ts'
import { chunkHashesMax } from './chunk-hashes.ts'
import { foldOrderingLedger } from './fold.ts'
import { createOrderingHasher } from './ordering-hasher.ts'
import { unfold } from './unfold.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const seeds = {
  type: 'seeds',
  data: { stageKey: 'stage1:code', discoveryHash: 'd1', fileListHash: null, fileCount: 9, mode: 'code' },
}
const artifact = {
  type: 'artifact',
  data: { stageKey: 'stage2', artifact: 'ann', hash: `sha1:${'0'.repeat(40)}`, rule: null, count: null, mode: null },
}

describe('the lines of the family', () => {
  it('are these', () => {
    const id = 'ab'.repeat(16)
    expect(decoder.decode(sealDraft({ ...seeds, id }))).toBe(
      '{"data": {"discoveryHash": "d1", "fileCount": 9, "fileListHash": null, "mode": "code", "stageKey": "stage1:code"}, ' +
        `"id": "${id}", "link": "stage1:code", "meta": {}, "time": "2026-11-20T17:51:42.759Z", "type": "seeds"}`,
    )
  })

  it('link to their stage, named by the caller or not', () => {
    for (const link of [undefined, null, 'stage1:code']) {
      const line = sealDraft(link === undefined ? seeds : { ...seeds, link })
      expect(buildOrder.routeOf(line)).toMatchObject({ type: 'seeds', link: 'stage1:code' })
      expect(checkLine(line).findings).toEqual([])
    }
  })

  it('carry a whole build, whose fold is its ordering ledger again, byte for byte', () => {
    const { events } = unfold(exportedLedger)
    const writer = buildOrder.openWriter({ ledger })
    const checker = buildOrder.openChecker({ ledger })
    const lines = events.map((event, index) => {
      const id = buildOrder.deriveEventId(ledger, String(index))
      const admitted = writer.admit(encoder.encode(buildOrder.encodeDraft({ ...event, id })))
      const target = new Uint8Array(admitted.lineBytesMax)
      return target.slice(0, writer.seal(admitted, { seq: index, timeMs }, target, 0) - 1)
    })
    for (const [index, line] of lines.entries()) {
      const verdict = checker.check(line, { line: index + 1, offset: 0 })
      expect(verdict).toMatchObject({ findings: [], variant: 'python', type: events[index]?.type })
    }
    const fold = foldOrderingLedger(lines.map((line) => buildOrder.decode(line)))
    expect(JSON.stringify(fold.orderingLedger)).toBe(JSON.stringify(exportedLedger))
  })

  it('hold as many chunk hashes as a hasher keeps', () => {
    const hasher = createOrderingHasher({ chunkLines: 1 })
    for (let index = 0; index < chunkHashesMax; index++) hasher.update(index)
    const { hash, count } = hasher.digest()
    const chunkHashes = hasher.chunkHashes()
    expect(chunkHashes?.hashes).toHaveLength(chunkHashesMax)
    const line = sealDraft({ ...artifact, data: { ...artifact.data, hash, count, chunkHashes } })
    expect(checkLine(line).findings).toEqual([])
    expect(line.length).toBeLessThan(50_000)
  })
})

describe('what must hold of an event', () => {
  const with40 = (digit: string): string => `sha1:${digit.repeat(40)}`
  const chunked = {
    hash: with40('a'),
    count: 4,
    chunkHashes: { chunkLines: 2, hashes: ['b'.repeat(40), 'c'.repeat(40)] },
  }
  const refused: {
    name: string
    draft: object
    line: (good: string) => string
    code: string
    rule?: string
    finding: readonly [code: string, path: string]
  }[] = [
    {
      name: 'a hash of no hex',
      draft: { data: { ...artifact.data, hash: 'sha1:xyz' } },
      line: (good) => good.replace('0'.repeat(40), 'xyz'),
      ...{ code: 'INVARIANT_VIOLATED', rule: 'hash-format', finding: ['hash-format', '/data/hash'] },
    },
    {
      name: 'chunk hashes that do not end in the hash',
      draft: { data: { ...artifact.data, ...chunked } },
      line: (good) =>
        good
          .replace('"count": null', `"chunkHashes": ${spaced(chunked.chunkHashes)}, "count": 4`)
          .replace('0'.repeat(40), 'a'.repeat(40))
          .replace('"artifact": "ann", "chunkHashes"', '"artifact": "ann", "chunkHashes"'),
      ...{
        code: 'INVARIANT_VIOLATED',
        rule: 'chunk-hashes-invalid',
        finding: ['chunk-hashes-invalid', '/data/chunkHashes'],
      },
    },
    {
      name: 'the link of another stage',
      draft: { link: 'stage9' },
      line: (good) => good.replace('"link": "stage2"', '"link": "stage9"'),
      ...{ code: 'INVARIANT_VIOLATED', rule: 'link-mismatch', finding: ['link-mismatch', '/link'] },
    },
    {
      name: 'no hash',
      draft: { data: { ...artifact.data, hash: undefined } },
      line: (good) => good.replace(/"hash": "[^"]*", /, ''),
      ...{ code: 'SCHEMA_INVALID', finding: ['payload-invalid', '/data/hash'] },
    },
    {
      name: 'a stage key of three parts',
      draft: { data: { ...artifact.data, stageKey: 'a:b:c' } },
      line: (good) => good.replaceAll('"stage2"', '"a:b:c"'),
      ...{ code: 'SCHEMA_INVALID', finding: ['payload-invalid', '/data/stageKey'] },
    },
    {
      name: 'a count that is text',
      draft: { data: { ...artifact.data, count: '4' } },
      line: (good) => good.replace('"count": null', '"count": "4"'),
      ...{ code: 'SCHEMA_INVALID', finding: ['payload-invalid', '/data/count'] },
    },
  ]
  for (const { name, draft, line, code, rule, finding } of refused) {
    it(`${name}: refused`, () => {
      const error = errorOf(() => sealDraft(JSON.parse(JSON.stringify({ ...artifact, ...draft })) as typeof artifact))
      expect(error.code).toBe(code)
      if (rule !== undefined) expect(error.details).toMatchObject({ rule, path: finding[1] })
    })
    it(`${name}: found in a stored line`, () => {
      const stored = line(decoder.decode(sealDraft(artifact)))
      const { findings } = checkLine(encoder.encode(stored))
      expect(findings).toMatchObject([{ code: finding[0], path: finding[1], severity: 'E', line: 2, offset: 300 }])
    })
  }

  it('another algorithm is taken with a warning', () => {
    const line = sealDraft({ ...artifact, data: { ...artifact.data, hash: 'xxh64:00ff' } })
    expect(checkLine(line).findings).toMatchObject([{ code: 'hash-algo-unknown', severity: 'W', path: '/data/hash' }])
  })
})

/** As the line spells it. */
function spaced(value: unknown): string {
  return JSON.stringify(value).replaceAll(',', ', ').replaceAll(':', ': ')
}
