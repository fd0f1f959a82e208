import { treeRoot, leafHash } from '@ledgerd/proof'
import { worldEvents } from '@ledgerd/schema-world-events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codesAt, inChunks, joinLines, linesOf, readVector, sidecarOf, verifyBytes } from '../test/fixture-ledger.ts'
import { formatHex } from './hex.ts'
import type { Adoption } from './sidecar.ts'
import { verifyTail } from './verify-tail.ts'

const clean = readVector('corrupt/clean.jsonl')
const lines = linesOf(clean)
const torn = readVector('corrupt/torn_tail_mid.jsonl')

function adoptionOf(adopted: readonly Uint8Array[], findings: Adoption['findings'] = []): Adoption {
  const root = formatHex(treeRoot(adopted.map((line) => leafHash(line))))
  return { lines: adopted.length, bytes: joinLines(adopted).length, root, findings }
}

describe('a report is a function of the bytes', () => {
  it('however they are cut into chunks', async () => {
    const want = JSON.stringify(await verifyBytes(torn, { level: 'schema' }))
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 70_000 }), async (size) => {
        const report = await verifyBytes(torn, { chunks: inChunks(torn, size), level: 'schema' })
        expect(JSON.stringify(report)).toBe(want)
      }),
      { numRuns: 30 },
    )
  })

  it('and its root is the RFC 6962 root over the lines', async () => {
    const report = await verifyBytes(clean)
    expect(report.root).toBe(`sha256:${formatHex(treeRoot(lines.map((line) => leafHash(line))))}`)
  })

  it('never throws on content', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        const report = await verifyBytes(bytes, {
          chunks: inChunks(bytes, 7),
          level: 'schema',
          sidecar: sidecarOf(lines),
        })
        expect(report.kind).toBe('verify-report')
      }),
    )
  })
})

describe('files at the edges', () => {
  const table: readonly { name: string; bytes: Uint8Array; status: string; lines: number; codes: string[] }[] = [
    { name: 'no bytes', bytes: new Uint8Array(0), status: 'empty', lines: 0, codes: [] },
    { name: 'one LF', bytes: Uint8Array.of(0x0a), status: 'empty', lines: 1, codes: ['blank-line@1'] },
    { name: 'blanks without LF', bytes: Uint8Array.of(0x20, 0x09), status: 'empty', lines: 1, codes: ['blank-line@1'] },
    { name: 'one NUL', bytes: Uint8Array.of(0), status: 'corrupt', lines: 0, codes: ['torn-tail@1'] },
    { name: 'one line', bytes: joinLines(lines.slice(0, 1)), status: 'ok', lines: 1, codes: [] },
    {
      name: 'one line without LF',
      bytes: lines[0] as Uint8Array,
      status: 'ok',
      lines: 1,
      codes: ['unterminated-line@1'],
    },
    {
      name: 'CR LF',
      bytes: Buffer.concat([lines[0] as Uint8Array, Buffer.from('\r\n')]),
      status: 'ok',
      lines: 1,
      codes: ['crlf@1'],
    },
  ]
  for (const { name, bytes, status, lines: count, codes } of table) {
    it(name, async () => {
      const report = await verifyBytes(bytes)
      expect(report).toMatchObject({ status, lines: count })
      expect(codesAt(report)).toEqual(codes)
    })
  }

  it('a line over the limit is named, and the tree is not checked', async () => {
    const long = Buffer.concat([Buffer.alloc(5000, 0x61), Buffer.from('\n'), clean])
    const report = await verifyBytes(long, { lineBytesMax: 4096, sidecar: sidecarOf(lines) })
    expect(codesAt(report, 'E')).toEqual(['line-too-long@1'])
    expect(report.root).toBeNull()
    expect(report.levels.tree).toEqual({ state: 'not-checked', detail: 'line 1 is too long to be hashed' })
  })

  it('warnings fail in strict mode', async () => {
    const bytes = lines[0] as Uint8Array
    expect((await verifyBytes(bytes)).levels.lines.state).toBe('ok')
    expect((await verifyBytes(bytes, { isStrict: true })).levels.lines.state).toBe('failed')
  })

  it('findings beyond the limit are counted', async () => {
    const bytes = Buffer.from('x\n'.repeat(50))
    const report = await verifyBytes(bytes, { findingsMax: 3 })
    expect(report.findings).toHaveLength(3)
    expect(report.counts.E).toBe(50)
  })
})

describe('a writer at work', () => {
  it('is no alarm: the line being written is left out', async () => {
    const report = await verifyBytes(torn, { hasGrown: () => Promise.resolve(true) })
    expect(codesAt(report)).toEqual(['uncommitted-tail@61'])
    expect(report.status).toBe('ok')
  })

  it('who has gone left a torn tail', async () => {
    const report = await verifyBytes(torn, { hasGrown: () => Promise.resolve(false) })
    expect(codesAt(report)).toEqual(['torn-tail@61'])
  })

  it('behind the head record is not looked at', async () => {
    const report = await verifyBytes(torn, { sidecar: sidecarOf(lines.slice(0, 40)) })
    expect(report).toMatchObject({ status: 'ok', lines: 40, levels: { tree: { state: 'ok' } } })
  })
})

describe('history', () => {
  const damaged = readVector('corrupt/array_line.jsonl')
  const adopted = linesOf(damaged)

  it('what the adopted bytes had is history and fails nothing', async () => {
    const report = await verifyBytes(damaged, { adoption: adoptionOf(adopted) })
    expect(report).toMatchObject({
      status: 'ok',
      counts: { E: 0 },
      historyCounts: { E: 1 },
      levels: { lines: { state: 'ok' } },
    })
    expect(report.history.map((finding) => finding.code)).toEqual(['not-an-object'])
  })

  it('new damage among them is not', async () => {
    const later = adopted.with(2, Buffer.from('[]'))
    const report = await verifyBytes(joinLines(later), { adoption: adoptionOf(adopted) })
    expect(codesAt(report, 'E')).toContain('not-an-object@3')
    expect(report.levels.tree.state).toBe('failed')
  })

  it('a torn tail that was adopted is, too', async () => {
    const first = await verifyBytes(torn)
    const report = await verifyBytes(torn, { adoption: adoptionOf(lines, first.findings) })
    expect(report).toMatchObject({ status: 'ok', history: [{ code: 'torn-tail' }], levels: { tail: { state: 'ok' } } })
  })

  it('what the report lists stays history when something else was changed', async () => {
    const first = await verifyBytes(damaged)
    const later = adopted.with(40, Buffer.from('[]'))
    const report = await verifyBytes(joinLines(later), { adoption: adoptionOf(adopted, first.findings) })
    expect(report.history.map((finding) => finding.line)).toEqual([31])
  })
})

describe('stopping', () => {
  it('gives what was covered, and calls nothing checked that was not', async () => {
    const stop = new AbortController()
    const report = await verifyBytes(clean, {
      signal: stop.signal,
      onProgress: ({ bytes }) => bytes > 9000 && stop.abort(),
    })
    expect(report.coverage).toBe('partial')
    expect(report.levels).toMatchObject({
      tail: { state: 'not-checked' },
      lines: { state: 'not-checked' },
      tree: { state: 'not-checked' },
    })
    expect(report.lastEventId).toBeNull()
  })
})

describe('the tail alone', () => {
  const table = [
    { name: 'clean', from: 59, want: 'ok', codes: [] },
    { name: 'torn_tail_mid', from: 60, want: 'failed', codes: ['torn-tail'] },
  ]
  for (const { name, from, want, codes } of table) {
    it(name, () => {
      const bytes = readVector(`corrupt/${name}.jsonl`)
      const offset = joinLines(linesOf(bytes).slice(0, from)).length
      const options = { target: 'x', ledger: 'daily_undertaking', schema: worldEvents }
      const report = verifyTail({ ...options, bytes: bytes.subarray(offset), offset })
      expect(report.levels.tail.state).toBe(want)
      expect(report).toMatchObject({
        coverage: 'tail',
        lines: null,
        root: null,
        levels: { lines: { state: 'not-checked' } },
      })
      expect(report.findings.map((finding) => finding.code)).toEqual(codes)
    })
  }
})
