import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { append, draft, drafts, harness, type Harness, idsInFile, ledger } from '../../test/engine-harness.ts'
import { defaultLimits } from '../config.ts'
import { readHead } from '../storage/head-file.ts'
import { HeldFiles } from '../storage/held-files.ts'
import type { Engine } from './ports.ts'

let at: Harness
let engine: Engine
let heldFiles: HeldFiles
/** What was put off, in order; run when told. */
let putOff: Set<() => void>

beforeEach(() => {
  at = harness()
  open()
})
afterEach(async () => {
  await engine.close()
  expect([heldFiles.count, putOff.size]).toEqual([0, 0])
  at.remove()
})

function open(limits: { heldLedgersMax?: number; restLinesMax?: number } = {}): void {
  putOff = new Set()
  const later = (_: number, task: () => void): (() => void) => {
    putOff.add(task)
    return () => putOff.delete(task)
  }
  heldFiles = new HeldFiles({ ...defaultLimits, ...limits, later })
  engine = at.open({ heldFiles })
}

async function reopen(): Promise<void> {
  await engine.close()
  open()
}

function look(): void {
  for (const task of [...putOff]) {
    putOff.delete(task)
    task()
  }
}

/** Time passes: what was put off is done, twice, so that whoever was fresh is not any more. */
async function quietTime(): Promise<void> {
  look()
  look()
  // Giving locks back takes a few turns.
  while (fs.existsSync(path.join(at.sidecar, 'holder.json'))) await new Promise((resolve) => setImmediate(resolve))
}

describe('a ledger that nobody asks for', () => {
  it('gives files and locks back, and goes on where it was', async () => {
    await append(engine, drafts(0, 3))
    const before = await engine.stat(ledger)
    await quietTime()
    expect([heldFiles.count, fs.existsSync(path.join(at.sidecar, 'lock'))]).toEqual([0, false])
    expect(await engine.stat(ledger)).toEqual(before)
    expect(heldFiles.count).toBe(0)
    expect(await append(engine, [draft(3)])).toMatchObject({ kind: 'plain', seq: 3 })
    expect(await append(engine, [draft(1)])).toMatchObject({ outcomes: [{ seq: 1, isDuplicate: true }] })
    expect(await engine.stat(ledger)).toMatchObject({ size: 4, epoch: before.epoch + 1 })
  })

  it('is held while somebody asks, and after one look more', async () => {
    await append(engine, drafts(0, 2))
    look()
    await (await engine.reader(ledger)).read(0, 10)
    look()
    expect(heldFiles.count).toBe(1)
  })

  it('keeps those who listen, and lines that another program appended meanwhile reach them', async () => {
    await append(engine, drafts(0, 2))
    const lines = fs.readFileSync(at.file)
    const reader = await engine.reader(ledger)
    const heard: number[] = []
    reader.onCommitted(({ from, count }) => heard.push(from, count))
    await quietTime()
    expect(heldFiles.count).toBe(0)
    await append(engine, [draft(2)])
    expect(heard).toEqual([2, 1])
    await quietTime()
    const third = fs.readFileSync(at.file).subarray(lines.length)
    fs.appendFileSync(at.file, String(third).replace(/"event_id": "0+2"/, `"event_id": "${'9'.repeat(32)}"`))
    await append(engine, [draft(4)])
    await expect.poll(() => heard.slice(2)).toContain(3)
    expect((await engine.stat(ledger)).size).toBe(heard.slice(2).reduce((sum, n, i) => (i % 2 ? sum + n : sum), 3))
  })

  it('stays stopped', async () => {
    await append(engine, drafts(0, 2))
    fs.linkSync(at.file, `${at.file}.copy`)
    await expect(append(engine, [draft(2)])).rejects.toMatchObject({ details: { reason: 'file-replaced' } })
    fs.rmSync(`${at.file}.copy`)
    const stopped = await engine.stat(ledger)
    await quietTime()
    expect(heldFiles.count).toBe(0)
    expect(await engine.stat(ledger)).toEqual(stopped)
    expect(engine.stopped()).toHaveLength(1)
    await expect(append(engine, [draft(2)])).rejects.toMatchObject({ details: { reason: 'file-replaced' } })
    expect((await (await engine.reader(ledger)).read(0, 1 << 20)).count).toBe(2)
    await expect(append(engine, [draft(2)])).rejects.toMatchObject({ details: { reason: 'file-replaced' } })
    expect(idsInFile(at.file)).toEqual([0, 1])
  })

  it('gives out no damaged line, at rest either', async () => {
    for (const n of [0, 1, 2]) await append(engine, [draft(n)])
    await engine.close()
    fs.writeFileSync(at.file, fs.readFileSync(at.file, 'latin1').replace('line 2', 'line 7'), 'latin1')
    fs.rmSync(path.join(at.sidecar, 'lines'))
    open()
    const reader = await engine.reader(ledger)
    const refused = { code: 'INTEGRITY_BROKEN', details: { seq: 2 } }
    expect((await reader.read(0, 1 << 20)).count).toBe(2)
    await expect(reader.read(2, 1 << 20)).rejects.toMatchObject(refused)
    await quietTime()
    expect(heldFiles.count).toBe(0)
    expect((await reader.read(0, 1 << 20)).count).toBe(2)
    await expect(reader.read(2, 1 << 20)).rejects.toMatchObject(refused)
    expect(await engine.stat(ledger)).toMatchObject({ state: 'stopped', reason: 'acknowledged-damaged' })
  })

  it('stays held when it is long', async () => {
    await engine.close()
    open({ restLinesMax: 2 })
    await append(engine, drafts(0, 3))
    await append(engine, [draft(0)], { ledger: 'short' })
    for (const _ of [1, 2, 3]) look()
    expect(heldFiles.count).toBe(1)
  })
})

describe('room', () => {
  it('is made by whoever was not asked for longest', async () => {
    await engine.close()
    open({ heldLedgersMax: 2 })
    const names = ['a', 'b', 'c', 'd', 'a', 'c', 'b', 'd']
    for (const [n, name] of names.entries()) {
      await append(engine, [draft(n)], { ledger: name })
      expect(heldFiles.count).toBeLessThanOrEqual(2)
    }
    for (const name of ['a', 'b', 'c', 'd']) expect(await engine.stat(name)).toMatchObject({ size: 2, state: 'open' })
  })

  it('is not made of ledgers in use: BUSY, and nothing was written', async () => {
    await engine.close()
    open({ heldLedgersMax: 2 })
    const underWay = ['a', 'b'].map((name) => append(engine, [draft(0)], { ledger: name }))
    await expect(append(engine, [draft(0)], { ledger: 'c' })).rejects.toMatchObject({ code: 'BUSY', outcome: 'absent' })
    await Promise.all(underWay)
    expect(await append(engine, [draft(0)], { ledger: 'c' })).toMatchObject({ seq: 0 })
  })
})

describe('a ledger found at a start', () => {
  it('is looked at without taking it: no lock, no epoch, the same figures', async () => {
    await append(engine, drafts(0, 3))
    const before = await engine.stat(ledger)
    await reopen()
    expect(await engine.stat(ledger)).toEqual(before)
    const reader = await engine.reader(ledger)
    expect([await reader.resolve('end'), await reader.resolve(2), await reader.resolve(-1)]).toEqual([3, 2, 2])
    expect([heldFiles.count, readHead(at.sidecar)?.epoch]).toEqual([0, before.epoch])
    expect((await reader.read(1, 1 << 20)).count).toBe(2)
    expect([heldFiles.count, readHead(at.sidecar)?.epoch]).toEqual([1, before.epoch + 1])
  })

  it('is read whole without taking it, if it is short and as it was committed', async () => {
    await append(engine, drafts(0, 3))
    const lines = fs.readFileSync(at.file)
    await reopen()
    const reader = await engine.reader(ledger)
    const run = await reader.read(0, 1 << 20)
    expect([run.from, run.count, Buffer.compare(run.bytes, lines)]).toEqual([0, 3, 0])
    expect((await reader.read(3, 1 << 20)).count).toBe(0)
    expect(heldFiles.count).toBe(0)
    await expect(reader.read(4, 1 << 20)).rejects.toMatchObject({ code: 'CURSOR_AHEAD' })
    expect(heldFiles.count).toBe(1)
  })

  it('is opened to say what is wrong with it', async () => {
    for (const n of [0, 1, 2]) await append(engine, [draft(n)])
    await reopen()
    const reader = await engine.reader(ledger)
    fs.writeFileSync(at.file, fs.readFileSync(at.file, 'latin1').replace('line 0', 'line 7'), 'latin1')
    // The file was written to after it was looked at.
    await reader.read(0, 1 << 20).catch(() => undefined)
    await (reader as unknown as { lookForDamage(): Promise<void> }).lookForDamage()
    await expect(reader.read(0, 1 << 20)).rejects.toMatchObject({ code: 'INTEGRITY_BROKEN', details: { seq: 0 } })
    expect(await engine.stat(ledger)).toMatchObject({ state: 'stopped', reason: 'acknowledged-damaged' })
  })

  const unusual = [
    {
      name: 'bytes behind the end',
      spoil: () => fs.appendFileSync(at.file, '{"torn'),
      want: { state: 'open', size: 3 },
    },
    {
      name: 'a shorter file',
      spoil: () => fs.truncateSync(at.file, 100),
      want: { state: 'stopped', reason: 'acknowledged-missing' },
    },
    {
      name: 'a changed last group',
      spoil: () => fs.writeFileSync(at.file, fs.readFileSync(at.file, 'latin1').replace('line 2', 'line 7'), 'latin1'),
      want: { state: 'stopped', reason: 'acknowledged-damaged' },
    },
    { name: 'no head record', spoil: () => fs.rmSync(path.join(at.sidecar, 'head')), want: { state: 'open', size: 3 } },
    {
      name: 'no record of its origin',
      spoil: () => fs.rmSync(path.join(at.sidecar, 'created.json')),
      want: { state: 'open', size: 3 },
    },
    {
      name: 'a repair that was interrupted',
      spoil: () => fs.writeFileSync(path.join(at.sidecar, 'redo'), '{}'),
      want: { size: 3 },
    },
  ]
  for (const { name, spoil, want } of unusual)
    it(`is opened at once when there is something to do: ${name}`, async () => {
      for (const n of [0, 1, 2]) await append(engine, [draft(n)])
      await engine.close()
      spoil()
      open()
      expect(await engine.stat(ledger)).toMatchObject(want)
      expect(heldFiles.count).toBe(1)
    })
})

describe('a ledger that cannot be opened', () => {
  const indexFile = (): string => path.join(at.sidecar, 'lines')
  const ways = [
    { name: 'found at rest', more: () => undefined, size: 3 },
    { name: 'found with bytes behind its end', more: () => fs.appendFileSync(at.file, '{"torn'), size: 0 },
  ]
  for (const { name, more, size } of ways)
    it(`says so as one that stopped, since the first time, until it can: ${name}`, async () => {
      await append(engine, drafts(0, 3))
      await engine.close()
      fs.rmSync(indexFile())
      fs.mkdirSync(indexFile())
      more()
      open()
      const refusals = []
      for (const n of [3, 4]) refusals.push(await append(engine, [draft(n)]).catch((error: unknown) => error))
      const refusal = { code: 'LEDGER_STOPPED', outcome: 'absent', details: { reason: 'opening-failed' } }
      expect(refusals).toMatchObject([refusal, refusal])
      const [since, again] = refusals.map((error) => (error as { details: { since: string } }).details.since)
      expect(again).toBe(since)
      expect(engine.stopped()).toMatchObject([{ ledger, size, reason: 'opening-failed', stop: { since } }])
      fs.rmdirSync(indexFile())
      expect(await append(engine, [draft(3)])).toMatchObject({ seq: 3 })
      expect(engine.stopped()).toEqual([])
    })
})
