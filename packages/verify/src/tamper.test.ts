// Whatever is done to a committed line, the comparison with the sidecar names the place.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codesAt, joinLines, linesOf, readVector, sidecarOf, verifyBytes } from '../test/fixture-ledger.ts'

const all = linesOf(readVector('live/daily_undertaking.jsonl'))

/** A run of real lines, and two distinct places in it. */
const cases = fc
  .record({ from: fc.nat(700), count: fc.integer({ min: 4, max: 60 }), chunk: fc.integer({ min: 1, max: 5000 }) })
  .chain(({ from, count, chunk }) =>
    fc.record({
      from: fc.constant(from),
      count: fc.constant(count),
      chunk: fc.constant(chunk),
      at: fc.nat(count - 2),
      ahead: fc.integer({ min: 1, max: count - 1 }),
      byte: fc.nat(),
      bit: fc.nat(7),
    }),
  )

async function firstTreeFinding(committed: readonly Uint8Array[], bytes: Uint8Array, chunk: number): Promise<string> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk)
  }
  const report = await verifyBytes(bytes, { chunks: chunks(), sidecar: sidecarOf(committed) })
  expect(report.levels.tree.state).toBe('failed')
  expect(report.status).toBe('corrupt')
  const tree = new Set([
    'line-edited',
    'lines-inserted',
    'lines-deleted',
    'lines-duplicated',
    'lines-reordered',
    'truncated',
  ])
  const named = report.findings.filter((finding) => tree.has(finding.code))
  expect(named.every((finding) => !finding.message.includes('no root confirms'))).toBe(true)
  return `${named[0]?.code}@${named[0]?.line}`
}

describe('tampering with a committed ledger', () => {
  it('is not seen where there is none', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ from, count }) => {
        const lines = all.slice(from, from + count)
        const report = await verifyBytes(joinLines(lines), { sidecar: sidecarOf(lines) })
        expect(report.levels.tree.state).toBe('ok')
        expect(report.status).toBe('ok')
      }),
      { numRuns: 30 },
    )
  })

  it('flip of any bit of any byte, line feeds included', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ from, count, byte, bit, chunk }) => {
        const lines = all.slice(from, from + count)
        const bytes = joinLines(lines)
        const at = byte % bytes.length
        const line = bytes.subarray(0, at).filter((one) => one === 0x0a).length + 1
        bytes[at] = (bytes[at] as number) ^ (1 << bit)
        const found = await firstTreeFinding(lines, bytes, chunk)
        // A lost LF at the end leaves the last line out; what is there agrees.
        expect(found.endsWith(`@${line}`)).toBe(true)
      }),
    )
  })

  it('drop', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ from, count, at, chunk }) => {
        const lines = all.slice(from, from + count)
        expect(await firstTreeFinding(lines, joinLines(lines.toSpliced(at, 1)), chunk)).toBe(`lines-deleted@${at + 1}`)
      }),
    )
  })

  it('cut at a line boundary', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ from, count, at, chunk }) => {
        const lines = all.slice(from, from + count)
        expect(await firstTreeFinding(lines, joinLines(lines.slice(0, at)), chunk)).toBe(`truncated@${at + 1}`)
      }),
    )
  })

  it('cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ from, count, byte, chunk }) => {
        const lines = all.slice(from, from + count)
        const bytes = joinLines(lines)
        const part = bytes.subarray(0, byte % bytes.length)
        const whole = part.filter((one) => one === 0x0a).length
        const found = await firstTreeFinding(lines, part, chunk)
        expect([`truncated@${whole + 1}`, `truncated@${whole + 2}`]).toContain(found)
      }),
    )
  })

  it('cut of the last line feed alone', async () => {
    const lines = all.slice(0, 9)
    const bytes = joinLines(lines).subarray(0, -1)
    const report = await verifyBytes(bytes, { sidecar: sidecarOf(lines) })
    expect(codesAt(report)).toEqual(['unterminated-line@9', 'truncated@9'])
    const [open, cut] = report.findings
    expect(cut).toMatchObject({ severity: 'E', offset: bytes.length, message: expect.stringContaining('line feed') })
    expect(open?.message).toContain('acknowledged whole')
    expect(report).toMatchObject({ lines: 9, trustworthyLines: 8, levels: { tree: { state: 'failed' } } })
  })

  it('a cut inside a line that was acknowledged is not called a cut-off write', async () => {
    const lines = all.slice(0, 9)
    const report = await verifyBytes(joinLines(lines).subarray(0, -9), { sidecar: sidecarOf(lines) })
    expect(codesAt(report)).toEqual(['torn-tail@9', 'truncated@9'])
    expect(report.findings[0]?.message).not.toContain('not tampering')
    expect(report.findings[1]?.message).toBe('the file ends here; one line that was committed is missing')
  })

  it('swap', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ from, count, at, ahead, chunk }) => {
        const lines = all.slice(from, from + count)
        const other = at + 1 + (ahead % (lines.length - at - 1))
        const swapped = [...lines]
        ;[swapped[at], swapped[other]] = [lines[other] as Uint8Array, lines[at] as Uint8Array]
        expect(await firstTreeFinding(lines, joinLines(swapped), chunk)).toBe(`lines-reordered@${at + 1}`)
      }),
    )
  })

  it('duplicate', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ from, count, at, ahead, chunk }) => {
        const lines = all.slice(from, from + count)
        const other = at + (ahead % (lines.length - at - 1))
        const more = lines.toSpliced(other + 1, 0, lines[at] as Uint8Array)
        expect(await firstTreeFinding(lines, joinLines(more), chunk)).toBe(`lines-duplicated@${other + 2}`)
      }),
    )
  })

  it('insert', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ from, count, at, byte, chunk }) => {
        const lines = all.slice(from, from + count)
        const foreign = all.filter((line) => !lines.includes(line))
        const more = lines.toSpliced(at, 0, foreign[byte % foreign.length] as Uint8Array)
        expect(await firstTreeFinding(lines, joinLines(more), chunk)).toBe(`lines-inserted@${at + 1}`)
      }),
    )
  })
})

describe('what the sidecar cannot tell', () => {
  const lines = all.slice(0, 50)
  const edited = lines.with(30, all[60] as Uint8Array)

  it('without stored hashes the change lies in an interval', async () => {
    const report = await verifyBytes(joinLines(edited), { sidecar: sidecarOf(lines, 0) })
    expect(codesAt(report, 'E')).toEqual(['root-mismatch@1'])
    expect(report.findings[0]).toMatchObject({
      offset: 0,
      message: expect.stringContaining('between line 1 and line 50'),
    })
  })

  it('stored hashes that end earlier narrow it', async () => {
    const report = await verifyBytes(joinLines(edited), { sidecar: sidecarOf(lines, 20) })
    expect(codesAt(report, 'E')).toEqual(['root-mismatch@21'])
    expect(report.findings[0]?.offset).toBe(joinLines(lines.slice(0, 20)).length)
  })

  it('so does a report of its adoption', async () => {
    const bytes = joinLines(lines.slice(0, 20))
    const { root } = await verifyBytes(bytes)
    const adoption = { lines: 20, bytes: bytes.length, root: (root ?? '').slice('sha256:'.length), findings: [] }
    const report = await verifyBytes(joinLines(edited), { sidecar: sidecarOf(lines, 0), adoption })
    expect(codesAt(report, 'E')).toEqual(['root-mismatch@21'])
    expect(report).toMatchObject({ trustworthyLines: 20, findings: [{ offset: bytes.length }] })
  })

  it('stored hashes that end behind the change name it, confirmed by the head record', async () => {
    const report = await verifyBytes(joinLines(edited), { sidecar: sidecarOf(lines, 40) })
    expect(codesAt(report, 'E')).toEqual(['line-edited@31'])
    expect(report.findings[0]?.message).not.toContain('no root confirms')
  })

  it('an index that was changed while the root holds is a warning', async () => {
    const good = sidecarOf(lines)
    const bad = sidecarOf(edited)
    const sidecar = { ...good, ...(bad.leaves === undefined ? {} : { leaves: bad.leaves }) }
    const report = await verifyBytes(joinLines(lines), { sidecar })
    expect(codesAt(report)).toEqual(['index-differs@31'])
    expect(report.levels.tree.state).toBe('ok')
  })

  it('file and index changed alike: the head record still refuses', async () => {
    const head = sidecarOf(lines).head
    const leaves = sidecarOf(edited).leaves
    const sidecar = { ...(head === undefined ? {} : { head }), ...(leaves === undefined ? {} : { leaves }) }
    const report = await verifyBytes(joinLines(edited), { sidecar })
    expect(codesAt(report, 'E')).toEqual(['root-mismatch@1'])
    expect(report).toMatchObject({ trustworthyLines: 0, levels: { tree: { state: 'failed' } } })
    expect(report.findings[0]?.message).toContain('between line 1 and line 50')
  })

  it('in an adopted ledger it is the head record that confirms the place', async () => {
    const { root } = await verifyBytes(joinLines(lines.slice(0, 20)))
    const bytes = joinLines(lines.slice(0, 20)).length
    const adoption = { lines: 20, bytes, root: (root ?? '').slice('sha256:'.length), findings: [] }
    const report = await verifyBytes(joinLines(lines.with(5, all[60] as Uint8Array)), {
      sidecar: sidecarOf(lines),
      adoption,
    })
    expect(codesAt(report, 'E')).toEqual(['line-edited@6'])
    expect(report.findings[0]?.message).not.toContain('no root confirms')
  })

  it('many places are told apart over more lines than are looked at together', async () => {
    const committed: Uint8Array[] = Array.from({ length: 20_000 }, (_, n) => new TextEncoder().encode(`{"n": ${n}}`))
    const changed = committed
      .toSpliced(19_000, 0, committed[3] as Uint8Array)
      .toSpliced(9000, 2)
      .with(100, new Uint8Array(9))
    const report = await verifyBytes(joinLines(changed), { sidecar: sidecarOf(committed), findingsMax: 10 })
    const tree = report.findings.filter((finding) =>
      ['line-edited', 'lines-deleted', 'lines-duplicated'].includes(finding.code),
    )
    expect(tree.map((finding) => `${finding.code}@${finding.line}`)).toEqual([
      'line-edited@101',
      'lines-deleted@9001',
      'lines-duplicated@18999',
    ])
    expect(tree.some((finding) => finding.message.includes('no root confirms'))).toBe(false)
  })

  it('one line alone is one line', async () => {
    const one = lines.slice(0, 1)
    const report = await verifyBytes(joinLines(one), { sidecar: sidecarOf(one) })
    expect(report.levels.tree.detail).toContain('the head record at 1 line, 1 stored leaf hash')
  })

  it('lines behind the committed end are not judged', async () => {
    const bytes = joinLines(all.slice(0, 53))
    const report = await verifyBytes(bytes, { sidecar: sidecarOf(lines) })
    expect(codesAt(report)).toEqual(['uncommitted-tail@51'])
    const behind = bytes.length - joinLines(lines).length
    expect(report).toMatchObject({ status: 'ok', lines: 50, uncheckedBytes: behind })
    const detail = `the last line that was looked at is whole and right; ${behind} bytes behind it were not checked`
    expect(report.levels.tail).toEqual({ state: 'ok', detail })
  })
})
