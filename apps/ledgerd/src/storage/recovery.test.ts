// Recovery on real files: each state a crash, a disk or a hand can leave, what the open says of it, and what is then there.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { append, draft, drafts, type Harness, harness, idsInFile, ledger } from '../../test/engine-harness.ts'
import { defaultLimits } from '../config.ts'
import type { Engine } from '../engine/ports.ts'
import { readHead } from './head-file.ts'
import { slotOffsets } from './head-record.ts'
import { finishRepair, repairTail } from './repair.ts'
import { keepTail } from './tail.ts'
import { worldEvents } from '@ledgerd/schema-world-events'

let at: Harness
let engine: Engine | undefined

beforeEach(() => {
  at = harness()
})
afterEach(async () => {
  await engine?.close()
  engine = undefined
  at.remove()
})

/** A ledger with ten lines in two groups, closed. */
async function tenLines(): Promise<Buffer> {
  const writer = at.open()
  await append(writer, drafts(0, 6))
  await append(writer, drafts(6, 10))
  await writer.close()
  return fs.readFileSync(at.file)
}

async function reopen(): Promise<Engine> {
  engine = at.open()
  return engine
}

/** A sealed line that this ledger never acknowledged: what a group written but not confirmed leaves behind. */
async function unconfirmedLines(from: number, to: number): Promise<Buffer> {
  const other = harness()
  const writer = other.open()
  await append(writer, drafts(from, to))
  await writer.close()
  const bytes = fs.readFileSync(other.file)
  other.remove()
  return bytes
}

const idsUpTo = (end: number): number[] => Array.from({ length: end }, (_, n) => n)

describe('above the head record', () => {
  const cases = [
    { name: 'nothing', tail: () => Buffer.alloc(0), ids: idsUpTo(10), aside: 0 },
    { name: 'whole lines are kept', tail: (lines: Buffer) => lines, ids: idsUpTo(12), aside: 1 },
    { name: 'a fragment goes aside', tail: (lines: Buffer) => lines.subarray(0, 40), ids: idsUpTo(10), aside: 1 },
    { name: 'a fragment behind a line', tail: (lines: Buffer) => lines.subarray(0, -3), ids: idsUpTo(11), aside: 1 },
    {
      name: 'a complete line without its line feed',
      tail: (lines: Buffer) => lines.subarray(0, -1),
      ids: idsUpTo(12),
      aside: 1,
    },
    { name: 'zeros', tail: () => Buffer.alloc(5000), ids: idsUpTo(10), aside: 1 },
    {
      name: 'zeros, then lines',
      tail: (lines: Buffer) => Buffer.concat([Buffer.alloc(100), lines]),
      ids: idsUpTo(10),
      aside: 1,
    },
    {
      name: 'a blank line',
      tail: (lines: Buffer) => Buffer.concat([Buffer.from('\n'), lines]),
      ids: idsUpTo(10),
      aside: 1,
    },
  ]
  for (const { name, tail, ids, aside } of cases)
    it(name, async () => {
      const committed = await tenLines()
      const left = tail(await unconfirmedLines(10, 12))
      fs.appendFileSync(at.file, left)
      await (await reopen()).stat(ledger)
      expect(idsInFile(at.file)).toEqual(ids)
      expect(fs.readFileSync(at.file).subarray(0, committed.length).equals(committed)).toBe(true)
      const folder = path.join(at.sidecar, 'aside')
      const copies = fs.existsSync(folder) ? fs.readdirSync(folder) : []
      expect(copies).toHaveLength(aside)
      for (const copy of copies) expect(fs.readFileSync(path.join(folder, copy)).equals(left)).toBe(true)
      expect(fs.existsSync(path.join(at.sidecar, 'redo'))).toBe(false)
      await append(engine as Engine, drafts(0, 14))
      expect(idsInFile(at.file)).toEqual(idsUpTo(14))
      expect(readHead(at.sidecar)).toMatchObject({ count: 14, bytes: fs.statSync(at.file).size })
    })

  it('a line that repeats an identity is not kept', async () => {
    const committed = await tenLines()
    fs.appendFileSync(at.file, committed.subarray(0, committed.indexOf(10) + 1))
    await (await reopen()).stat(ledger)
    expect(idsInFile(at.file)).toEqual(idsUpTo(10))
  })
})

describe('below the head record', () => {
  const stops = [
    { name: 'cut by one byte', damage: (bytes: Buffer) => bytes.subarray(0, -1), reason: 'acknowledged-missing' },
    {
      name: 'cut at a line',
      damage: (bytes: Buffer) => bytes.subarray(0, bytes.indexOf(10) + 1),
      reason: 'acknowledged-missing',
    },
    { name: 'empty', damage: () => Buffer.alloc(0), reason: 'acknowledged-missing' },
    {
      name: 'a byte of the last group',
      damage: (bytes: Buffer) => flip(bytes, bytes.length - 30),
      reason: 'acknowledged-damaged',
    },
  ]
  for (const { name, damage, reason } of stops)
    it(`stops and changes no byte: ${name}`, async () => {
      const damaged = Buffer.from(damage(await tenLines()))
      fs.writeFileSync(at.file, damaged)
      await expect(append(await reopen(), [draft(20)])).rejects.toMatchObject({
        code: 'LEDGER_STOPPED',
        outcome: 'absent',
        details: { reason, command: `ledgerd verify ${ledger}` },
      })
      expect(fs.readFileSync(at.file).equals(damaged)).toBe(true)
      expect(at.stops).toEqual([reason])
    })

  it('names an older line and serves what is before it', async () => {
    const bytes = await tenLines()
    const third = bytes.indexOf(10, bytes.indexOf(10) + 1) + 1
    fs.writeFileSync(at.file, flip(bytes, third + 200))
    const reader = await (await reopen()).reader(ledger)
    await (reader as unknown as { lookForDamage(): Promise<void> }).lookForDamage()
    await expect(append(engine as Engine, [draft(20)])).rejects.toMatchObject({
      details: { reason: 'acknowledged-damaged' },
    })
    const run = await reader.read(0, 1 << 20)
    expect(run.count).toBe(2)
    expect(Buffer.compare(run.bytes, bytes.subarray(0, third))).toBe(0)
    await expect(reader.read(2, 1 << 20)).rejects.toMatchObject({ code: 'INTEGRITY_BROKEN', details: { seq: 2 } })
  })

  it('notices an edit under a running daemon at the next read, and other ledgers go on', async () => {
    engine = at.open()
    await append(engine, drafts(0, 10))
    await append(engine, drafts(0, 2), { ledger: 'worlds/other' })
    const bytes = fs.readFileSync(at.file)
    const fd = fs.openSync(at.file, 'r+')
    fs.writeSync(fd, flip(bytes, 100).subarray(100, 101), 0, 1, 100)
    fs.utimesSync(at.file, 1, 1)
    fs.closeSync(fd)
    const reader = await engine.reader(ledger)
    await expect(reader.read(0, 100)).rejects.toMatchObject({ code: 'INTEGRITY_BROKEN', details: { seq: 0 } })
    await expect(append(engine, [draft(20)])).rejects.toMatchObject({ code: 'LEDGER_STOPPED' })
    expect(await append(engine, [draft(20)], { ledger: 'worlds/other' })).toMatchObject({ kind: 'plain', seq: 2 })
  })

  it('a touch is not damage', async () => {
    engine = at.open()
    await append(engine, drafts(0, 10))
    fs.utimesSync(at.file, 1, 1)
    expect((await (await engine.reader(ledger)).read(0, 1 << 20)).count).toBe(10)
    expect(await append(engine, [draft(20)])).toMatchObject({ seq: 10 })
  })

  const foreign = [
    { name: 'bytes behind the end', act: (file: string) => fs.appendFileSync(file, 'x\n'), reason: 'foreign-bytes' },
    { name: 'a shorter file', act: (file: string) => fs.truncateSync(file, 100), reason: 'foreign-bytes' },
    { name: 'another file in its place', act: replace, reason: 'file-replaced' },
    { name: 'a second name', act: (file: string) => fs.linkSync(file, `${file}.copy`), reason: 'file-replaced' },
  ]
  for (const { name, act, reason } of foreign)
    it(`stops before writing: ${name}`, async () => {
      engine = at.open()
      await append(engine, drafts(0, 10))
      act(at.file)
      const before = fs.readFileSync(at.file)
      await expect(append(engine, [draft(20)])).rejects.toMatchObject({ details: { reason } })
      expect(fs.readFileSync(at.file).equals(before)).toBe(true)
    })
})

describe('sidecar', () => {
  it('one torn head slot costs nothing', async () => {
    await tenLines()
    const head = readHead(at.sidecar)
    const file = fs.openSync(path.join(at.sidecar, 'head'), 'r+')
    fs.writeSync(file, Buffer.alloc(100), 0, 100, slotOffsets[((head?.n ?? 0) + 1) % 2])
    fs.closeSync(file)
    expect(await append(await reopen(), [draft(20)])).toMatchObject({ seq: 10 })
  })

  it('without a head record whole lines are kept, and damage that the file did not have stops', async () => {
    const bytes = await tenLines()
    fs.rmSync(path.join(at.sidecar, 'head'))
    expect(await append(await reopen(), [draft(20)])).toMatchObject({ seq: 10 })
    await engine?.close()
    fs.rmSync(path.join(at.sidecar, 'head'))
    fs.writeFileSync(at.file, flip(bytes, 300))
    await expect(append(await reopen(), [draft(21)])).rejects.toMatchObject({
      details: { reason: 'damage-without-head' },
    })
  })

  it('a damaged index is rebuilt from the lines', async () => {
    await tenLines()
    const lines = path.join(at.sidecar, 'lines')
    fs.writeFileSync(lines, flip(fs.readFileSync(lines), 100))
    const result = await append(await reopen(), drafts(8, 11))
    expect(result).toMatchObject({
      outcomes: [{ seq: 8, isDuplicate: true }, { seq: 9, isDuplicate: true }, { seq: 10 }],
    })
  })

  it('each open raises the epoch', async () => {
    await tenLines()
    for (const epoch of [2, 3, 4]) {
      expect(await (await reopen()).stat(ledger)).toMatchObject({ epoch, size: 10 })
      await engine?.close()
    }
  })
})

describe('an interrupted repair', () => {
  it('is finished by the next one from any step on', async () => {
    const committed = await tenLines()
    const tail = Buffer.concat([await unconfirmedLines(10, 12), Buffer.from('{"torn')])
    fs.appendFileSync(at.file, tail)
    const kept = keepTail(tail, worldEvents, ledger, 11, () => false)
    expect(kept).toMatchObject({ lines: 2, reason: 'torn-tail' })
    const request = { file: at.file, sidecar: at.sidecar, offset: committed.length, tail, kept, epoch: 2, time: 'then' }
    repairTail(request)
    const marker = {
      v: 1,
      offset: committed.length,
      aside: fs.readdirSync(path.join(at.sidecar, 'aside'))[0],
      keptLength: kept.length,
    }
    const redo = JSON.stringify({ ...marker, keptSha256: sha256(tail.subarray(0, kept.length)), needsLineFeed: false })
    const whole = fs.readFileSync(at.file)
    for (let size = committed.length; size <= whole.length; size += 13) {
      fs.writeFileSync(path.join(at.sidecar, 'redo'), redo)
      fs.writeFileSync(at.file, whole.subarray(0, size))
      finishRepair(at.file, at.sidecar)
      expect(fs.readFileSync(at.file).equals(whole)).toBe(true)
      expect(fs.existsSync(path.join(at.sidecar, 'redo'))).toBe(false)
    }
  })

  it('does not pass over a marker that cannot be looked at: what it kept would be lost', () => {
    fs.mkdirSync(at.sidecar, { recursive: true })
    fs.symlinkSync('redo', path.join(at.sidecar, 'redo'))
    expect(() => finishRepair(at.file, at.sidecar)).toThrow('ELOOP')
    fs.rmSync(path.join(at.sidecar, 'redo'))
    finishRepair(at.file, at.sidecar)
  })
})

describe('a repair that has no room', () => {
  it('is asked to come back, and is finished once there is some', async () => {
    const committed = await tenLines()
    fs.appendFileSync(at.file, await unconfirmedLines(10, 12))
    const engine = await reopen()
    const real = fs.writeSync as (...call: unknown[]) => number
    // What was cut off is given back late by file systems that copy on write, so the same bytes may not fit again.
    const short = vi.spyOn(fs, 'writeSync').mockImplementation((...call: unknown[]) => {
      const isKept = call[4] === committed.length
      return isKept ? real(call[0], call[1], call[2], 10, call[4]) : real(...call)
    })
    const refused = expect.objectContaining({ code: 'BUSY', details: expect.objectContaining({ reason: 'disk-full' }) })
    await expect(append(engine, [draft(12)])).rejects.toEqual(refused)
    short.mockRestore()
    await engine.close()
    await append(await reopen(), [draft(12)])
    expect(idsInFile(at.file)).toEqual(idsUpTo(13))
  })
})

describe('adoption', () => {
  const vectors = path.join(import.meta.dirname, '../../../../packages/schemas/world-events/vectors')

  it('changes no byte of a world file, takes its profile from its lines, and goes on in it', async () => {
    const bytes = fs.readFileSync(path.join(vectors, 'live/pipeworks_web.jsonl'))
    fs.writeFileSync(path.join(at.root, 'pipeworks_web.jsonl'), bytes)
    const stat = await (await reopen()).stat('pipeworks_web')
    expect(stat).toMatchObject({ size: 155, profile: 'original', state: 'open' })
    expect(fs.readFileSync(path.join(at.root, 'pipeworks_web.jsonl')).equals(bytes)).toBe(true)
    expect(await append(engine as Engine, [draft(1)], { ledger: 'pipeworks_web' })).toMatchObject({ seq: 155 })
    expect(fs.readFileSync(path.join(at.root, 'pipeworks_web.jsonl')).subarray(0, bytes.length).equals(bytes)).toBe(
      true,
    )
  })

  for (const name of [
    'bitflip_01',
    'zero_hole_middle',
    'glued_two_complete',
    'duplicate_line',
    'latin1_byte',
    'spaces_only_tail',
  ])
    it(`damage of that day is history, and appends go on: ${name}`, async () => {
      const bytes = fs.readFileSync(path.join(vectors, `corrupt/${name}.jsonl`))
      fs.writeFileSync(path.join(at.root, 'daily_undertaking.jsonl'), bytes)
      await append(await reopen(), [draft(1)], { ledger: 'daily_undertaking' })
      await engine?.close()
      const report = JSON.parse(
        fs.readFileSync(path.join(at.root, '.ledgerd/ledgers/daily_undertaking.jsonl/adoption.json'), 'utf8'),
      ) as { findingsTotal: number }
      expect(report.findingsTotal).toBeGreaterThan(0)
      await append(await reopen(), [draft(2)], { ledger: 'daily_undertaking' })
      expect(
        fs.readFileSync(path.join(at.root, 'daily_undertaking.jsonl')).subarray(0, bytes.length).equals(bytes),
      ).toBe(true)
    })

  it('leaves a torn tail where it is until the first append, then sets it aside', async () => {
    const bytes = fs.readFileSync(path.join(vectors, 'corrupt/torn_tail_mid.jsonl'))
    const file = path.join(at.root, 'daily_undertaking.jsonl')
    fs.writeFileSync(file, bytes)
    expect(await (await reopen()).stat('daily_undertaking')).toMatchObject({ size: 60 })
    expect(fs.readFileSync(file).equals(bytes)).toBe(true)
    expect(await append(engine as Engine, [draft(1)], { ledger: 'daily_undertaking' })).toMatchObject({ seq: 60 })
    const whole = bytes.lastIndexOf(10) + 1
    expect(fs.readFileSync(file).subarray(0, whole).equals(bytes.subarray(0, whole))).toBe(true)
  })

  it('lets readers in while a new file is checked, refuses appends for now, and closes without waiting for the check', async () => {
    const line = fs.readFileSync(path.join(vectors, 'live/pipeworks_web.jsonl'))
    fs.writeFileSync(path.join(at.root, 'pipeworks_web.jsonl'), Buffer.concat(Array.from({ length: 40 }, () => line)))
    engine = at.open({ limits: { ...defaultLimits, openingPatienceMs: 0 } })
    const reader = await engine.reader('pipeworks_web')
    expect((await reader.read(0, 1000)).count).toBeGreaterThan(0)
    expect(reader.stat()).toMatchObject({ state: 'opening', size: 155 * 40 })
    await expect(append(engine, [draft(1)], { ledger: 'pipeworks_web' })).rejects.toMatchObject({
      code: 'BUSY',
      outcome: 'absent',
    })
    await engine.close()
    expect(fs.existsSync(path.join(at.root, '.ledgerd/ledgers/pipeworks_web.jsonl/adoption.json'))).toBe(false)
  })

  it('refuses to write where the lines speak for another profile', async () => {
    fs.copyFileSync(path.join(vectors, 'live/pipeworks_web.jsonl'), path.join(at.root, 'pipeworks_web.jsonl'))
    engine = at.open({ writerProfile: 'seed' })
    await expect(append(engine, [draft(1)], { ledger: 'pipeworks_web' })).rejects.toMatchObject({
      code: 'LEDGER_STOPPED',
      details: { reason: 'checksum-variant-conflict' },
    })
  })
})

describe('one writer', () => {
  it('a second engine on the same ledger is refused and told who holds it', async () => {
    engine = at.open()
    await append(engine, [draft(1)])
    const second = at.open({ limits: { ...defaultLimits, lockTimeoutMs: 50 } })
    await expect(append(second, [draft(2)])).rejects.toMatchObject({
      code: 'LEDGER_LOCKED',
      details: { holder: { pid: process.pid, host: 'test' } },
    })
    await second.close()
    expect(idsInFile(at.file)).toEqual([1])
  })
})

function flip(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes)
  changed[at] = (changed[at] as number) ^ 1
  return changed
}

function replace(file: string): void {
  fs.copyFileSync(file, `${file}.other`)
  fs.renameSync(`${file}.other`, file)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
