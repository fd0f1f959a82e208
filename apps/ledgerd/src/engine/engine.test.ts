import fs from 'node:fs'
import { emptyRoot } from '@ledgerd/proof'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { append, draft, drafts, type Harness, harness, idsInFile, ledger } from '../../test/engine-harness.ts'
import { defaultLimits } from '../config.ts'
import type { CommitPort } from '../commit/file-commit.ts'
import { StopSignal } from '../storage/stop-signal.ts'
import type { AppendResult, Engine } from './ports.ts'

let at: Harness
let engine: Engine

beforeEach(() => {
  at = harness()
  engine = at.open()
})
afterEach(async () => {
  await engine.close()
  at.remove()
})

const seqs = (result: AppendResult): unknown[] =>
  result.kind === 'plain'
    ? result.leafHashes.map((_, n) => result.seq + n)
    : result.outcomes.map((one) => ('error' in one ? one.error.code : `${one.seq}${one.isDuplicate ? ' again' : ''}`))

async function restart(): Promise<void> {
  await engine.close()
  engine = at.open()
}

describe('append', () => {
  it('gives contiguous sequence numbers, and only after the line is in the file', async () => {
    const result = await append(engine, drafts(1, 4))
    expect(seqs(result)).toEqual([0, 1, 2])
    expect(idsInFile(at.file)).toEqual([1, 2, 3])
    expect(await engine.stat(ledger)).toMatchObject({ size: 3, state: 'open', profile: 'seed', epoch: 1 })
  })

  it('answers a repeated identity with the first receipt, in one request, later, and after a restart', async () => {
    expect(seqs(await append(engine, [draft(1), draft(1), draft(2)]))).toEqual(['0', '0 again', '1'])
    expect(seqs(await append(engine, [draft(2), draft(3)]))).toEqual(['1 again', '2'])
    await restart()
    expect(seqs(await append(engine, [draft(1), draft(4)]))).toEqual(['0 again', '3'])
    await engine.close()
    fs.rmSync(`${at.root}/.ledgerd`, { recursive: true })
    engine = at.open()
    expect(seqs(await append(engine, [draft(3), draft(5)]))).toEqual(['2 again', '4'])
    expect(idsInFile(at.file)).toEqual([1, 2, 3, 4, 5])
  })

  it('answers repeats that are still on their way', async () => {
    const both = await Promise.all([
      append(engine, drafts(1, 3)),
      append(engine, drafts(1, 3)),
      append(engine, drafts(2, 4)),
    ])
    expect(both.map(seqs)).toEqual([
      [0, 1],
      ['0 again', '1 again'],
      ['1 again', '2'],
    ])
    expect(idsInFile(at.file)).toEqual([1, 2, 3])
  })

  it('refuses other content under a known identity and loses nothing else of the request', async () => {
    await append(engine, [draft(1)])
    expect(seqs(await append(engine, [draft(1, 'forged'), draft(2)]))).toEqual(['IDENTITY_CONFLICT', '1'])
    expect(idsInFile(at.file)).toEqual([1, 2])
  })

  const expectations = [
    { name: 'the right size', expect: { size: 2 }, want: [2] },
    { name: 'a smaller size', expect: { size: 1 }, want: 'EXPECT_FAILED' },
    { name: 'a larger size', expect: { size: 3 }, want: 'EXPECT_FAILED' },
    {
      name: 'the right size and another root',
      expect: { size: 2, root: `sha256:${'0'.repeat(64)}` },
      want: 'EXPECT_FAILED',
    },
  ]
  for (const { name, expect: condition, want } of expectations) {
    it(`with expect: ${name}`, async () => {
      await append(engine, drafts(1, 3))
      const result = append(engine, [draft(9)], { expect: condition })
      if (typeof want === 'string') await expect(result).rejects.toMatchObject({ code: want, outcome: 'absent' })
      else expect(seqs(await result)).toEqual(want)
      expect(idsInFile(at.file)).toEqual(typeof want === 'string' ? [1, 2] : [1, 2, 9])
    })
  }

  it("takes the ledger's root as a condition, and answers a repeat although the size moved on", async () => {
    await append(engine, drafts(1, 3))
    const { root } = await engine.stat(ledger)
    const condition = { size: 2, root: root as string }
    expect(seqs(await append(engine, [draft(9)], { expect: condition }))).toEqual([2])
    expect(seqs(await append(engine, [draft(9)], { expect: condition }))).toEqual(['2 again'])
  })

  it('counts one line as one when it says what a condition missed', async () => {
    await append(engine, [draft(1)])
    const refused = append(engine, [draft(9)], { expect: { size: 0 } })
    await expect(refused).rejects.toThrow(/the ledger has 1 line and root /)
  })

  it('lets exactly one of two conditional appends through', async () => {
    const both = [
      append(engine, [draft(1)], { expect: { size: 0 } }),
      append(engine, [draft(2)], { expect: { size: 0 } }),
    ]
    const settled = await Promise.allSettled(both)
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(idsInFile(at.file)).toEqual([1])
  })

  it('writes nothing of an atomic request with a refused draft, and says which', async () => {
    await append(engine, [draft(1)])
    const bad = draft(3).replace('"success"', '"splendid"')
    const refused = [
      { lines: [draft(2), bad], code: 'SCHEMA_INVALID' },
      { lines: [draft(2), draft(1, 'forged')], code: 'IDENTITY_CONFLICT' },
      { lines: [draft(2), draft(2)], code: 'REQUEST_INVALID' },
    ]
    for (const { lines, code } of refused)
      await expect(append(engine, lines, { isAtomic: true })).rejects.toMatchObject({ code })
    expect(idsInFile(at.file)).toEqual([1])
  })

  it('refuses what is no request', async () => {
    const whole = Buffer.from(draft(1))
    const cases = [
      { drafts: whole.subarray(0, -1), count: 1, code: 'FRAME_INVALID' },
      { drafts: whole, count: 2, code: 'FRAME_INVALID' },
      { drafts: Buffer.alloc((1 << 20) + 1, 0x20), count: 1, code: 'BATCH_TOO_LARGE' },
    ]
    for (const { code, ...more } of cases)
      await expect(append(engine, [], more)).rejects.toMatchObject({ code, outcome: 'absent' })
  })

  it('makes no ledger for a request of which nothing would be written', async () => {
    const bad = draft(3).replace('"success"', '"splendid"')
    expect(seqs(await append(engine, [bad]))).toEqual(['SCHEMA_INVALID'])
    await expect(append(engine, [draft(1)], { expect: { size: 1 } })).rejects.toMatchObject({
      code: 'EXPECT_FAILED',
      details: { size: 0, root: `sha256:${Buffer.from(emptyRoot).toString('hex')}` },
    })
    expect([engine.list(), engine.has(ledger), fs.existsSync(at.file)]).toEqual([[], false, false])
  })

  it('finishes what is under way when it closes', async () => {
    const underWay = append(engine, drafts(0, 500))
    await engine.close()
    expect(await underWay).toMatchObject({ kind: 'plain', seq: 0 })
    await expect(append(engine, [draft(900)])).rejects.toMatchObject({ code: 'DRAINING', outcome: 'absent' })
    expect(idsInFile(at.file)).toHaveLength(500)
  })

  it('closes the ledger idle longest when too many are open, and opens it again when asked', async () => {
    engine = at.open({ limits: { ...defaultLimits, openLedgersMax: 2 } })
    for (const [n, name] of ['a', 'b', 'c', 'a', 'b', 'c'].entries()) await append(engine, [draft(n)], { ledger: name })
    for (const name of ['a', 'b', 'c']) expect(await engine.stat(name)).toMatchObject({ size: 2 })
  })

  it('keeps many ledgers apart', async () => {
    const names = ['a', 'worlds/a', 'worlds/b', 'jobs/J_1.x']
    await Promise.all(names.map((name) => append(engine, drafts(1, 3), { ledger: name })))
    expect(engine.list()).toEqual([...names].sort())
    for (const name of names) expect(await engine.stat(name)).toMatchObject({ size: 2 })
  })

  const badIds = [
    '',
    '..',
    '../x',
    'a/../b',
    '/etc/passwd',
    'a//b',
    '.ledgerd/x',
    'a/.b',
    'con',
    'x.jsonl/y',
    'a.',
    'é',
    'a\u0000',
  ]
  for (const id of badIds)
    it(`refuses the ledger id ${JSON.stringify(id)}`, async () => {
      await expect(append(engine, [draft(1)], { ledger: id })).rejects.toMatchObject({ code: 'LEDGER_ID_INVALID' })
    })

  it('refuses an id that differs by case only, a link, a folder, and a second name', async () => {
    await append(engine, [draft(1)], { ledger: 'World' })
    fs.symlinkSync(`${at.root}/World.jsonl`, `${at.root}/link.jsonl`)
    fs.mkdirSync(`${at.root}/folder.jsonl`)
    fs.symlinkSync('/tmp', `${at.root}/outside`)
    fs.writeFileSync(`${at.root}/one.jsonl`, '')
    fs.linkSync(`${at.root}/one.jsonl`, `${at.root}/two.jsonl`)
    for (const id of ['world', 'link', 'folder', 'outside/x', 'two'])
      await expect(append(engine, [draft(2)], { ledger: id }), id).rejects.toMatchObject({ code: 'LEDGER_ID_INVALID' })
  })
})

describe('a sidecar that vanishes under a running daemon', () => {
  it('stops appends before anything is written, and closes cleanly', async () => {
    await append(engine, [draft(1)])
    fs.rmSync(`${at.root}/.ledgerd`, { recursive: true })
    await expect(append(engine, [draft(2)])).rejects.toMatchObject({
      code: 'LEDGER_STOPPED',
      details: { reason: 'file-replaced' },
    })
    await restart()
    expect(seqs(await append(engine, [draft(2), draft(1)]))).toEqual(['1', '0 again'])
  })
})

describe('reading', () => {
  it('gives every committed line byte for byte, from any cursor, in any window', async () => {
    await append(engine, drafts(0, 200))
    const bytes = fs.readFileSync(at.file)
    const reader = await engine.reader(ledger)
    const ends = [0]
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, end + 1)) ends.push(end + 1)
    for (const window of [1, 700, 5000, 1 << 20])
      for (let from = 0; from <= 200; from += 7) {
        const run = await reader.read(from, window)
        expect(Buffer.compare(run.bytes, bytes.subarray(ends[from], ends[from + run.count]))).toBe(0)
        expect(run.count > 0).toBe(from < 200)
      }
  })

  it('resolves starts, by number, from the end and by time', async () => {
    await append(engine, drafts(0, 5))
    await append(engine, drafts(5, 10))
    const reader = await engine.reader(ledger)
    const cases = [
      { start: 'start', want: 0 },
      { start: 'end', want: 10 },
      { start: 7, want: 7 },
      { start: 10, want: 10 },
      { start: -3, want: 7 },
      { start: -99, want: 0 },
      { start: { timeMs: 0 }, want: 0 },
      { start: { timeMs: Date.UTC(2030, 0, 1) }, want: 10 },
    ] as const
    for (const { start, want } of cases) expect(await reader.resolve(start), JSON.stringify(start)).toBe(want)
    const second = JSON.parse(fs.readFileSync(at.file, 'utf8').split('\n')[5] as string) as { timestamp: string }
    expect(await reader.resolve({ timeMs: Date.parse(second.timestamp) })).toBe(5)
    await expect(reader.resolve(11)).rejects.toMatchObject({ code: 'CURSOR_AHEAD' })
    await expect(reader.read(11, 1)).rejects.toMatchObject({ code: 'CURSOR_AHEAD' })
    expect(await reader.findEvent('4'.padStart(32, '0'))).toBe(4)
    expect(await reader.findEvent('f'.repeat(32))).toBeUndefined()
  })

  it('publishes after the commit, in order, and nothing twice', async () => {
    await append(engine, [draft(0)])
    const seen: number[] = []
    const reader = await engine.reader(ledger)
    reader.onCommitted((run) => {
      const onDisk = fs.statSync(at.file).size
      expect(onDisk).toBeGreaterThanOrEqual(run.bytes.length)
      for (let n = 0; n < run.count; n++) seen.push(run.from + n)
    })
    await Promise.all(Array.from({ length: 20 }, (_, n) => append(engine, drafts(1 + n * 3, 4 + n * 3))))
    expect(seen).toEqual(Array.from({ length: 60 }, (_, n) => n + 1))
  })

  it('does not find what is not there', async () => {
    await expect(engine.reader('nowhere')).rejects.toMatchObject({ code: 'LEDGER_NOT_FOUND' })
    expect(fs.existsSync(`${at.root}/nowhere.jsonl`)).toBe(false)
  })
})

describe('a commit that fails', () => {
  const reasons = ['write-failed', 'sync-failed', 'foreign-bytes', 'file-replaced', 'epoch-superseded'] as const
  for (const reason of reasons)
    it(`stops the ledger and no other: ${reason}`, async () => {
      await append(engine, [draft(1)])
      await engine.close()
      const failing: CommitPort = {
        commit: (groups) => groups.map(() => Promise.reject(new StopSignal(reason, 'planted'))),
      }
      engine = at.open({ commit: failing })
      const inFlight = append(engine, [draft(2)])
      const settled = await Promise.allSettled([inFlight])
      expect(settled[0]).toMatchObject({ reason: { code: 'LEDGER_STOPPED', outcome: 'unknown', details: { reason } } })
      await expect(append(engine, [draft(3)])).rejects.toMatchObject({ code: 'LEDGER_STOPPED', outcome: 'absent' })
      expect(engine.stopped()).toMatchObject([{ ledger, reason, state: 'stopped' }])
      const reader = await engine.reader(ledger)
      expect((await reader.read(0, 1)).count).toBe(1)
      expect(at.stops).toEqual([reason])
    })
})
