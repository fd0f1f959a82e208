import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SecondSync } from '../config.ts'
import { HeadFile, readHead } from '../storage/head-file.ts'
import type { HeadRecord } from '../storage/head-record.ts'
import { LedgerFile } from '../storage/ledger-file.ts'
import { StopSignal } from '../storage/stop-signal.ts'
import { type CommitTarget, fileCommit, type SealedGroup } from './file-commit.ts'

let root: string
let target: CommitTarget
const root1 = '1'.repeat(64)

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-commit-'))
  const file = LedgerFile.create(path.join(root, 'x.jsonl'))
  const first: HeadRecord = {
    v: 1,
    epoch: 1,
    n: 1,
    count: 0,
    bytes: 0,
    root: root1,
    groupStart: 0,
    groupHash: sha256(''),
  }
  target = { file, head: HeadFile.begin(root, first, 'head') }
})
afterEach(() => {
  target.head.close()
  target.file.close()
  fs.rmSync(root, { recursive: true })
})

const modes = [
  { name: 'on the event loop', port: fileCommit({ inlineBytesMax: 1 << 20 }) },
  { name: 'in the thread pool', port: fileCommit({ inlineBytesMax: 0 }) },
]

const group = (from: number, text: string): SealedGroup => ({
  target,
  ledger: 'x',
  from,
  count: text.split('\n').length - 1,
  bytes: Buffer.from(text),
  root: root1,
})

describe.each(modes)('commit $name', ({ port }) => {
  it('writes the bytes, then a head record that names them', async () => {
    const [run] = await Promise.all(port.commit([group(0, 'a\nb\n')]))
    expect(run).toMatchObject({ ledger: 'x', from: 0, count: 2 })
    await Promise.all(port.commit([group(2, 'c\n')]))
    expect(fs.readFileSync(target.file.path, 'utf8')).toBe('a\nb\nc\n')
    const head = { epoch: 1, n: 3, count: 3, bytes: 6, groupStart: 4, groupHash: sha256('c\n') }
    expect(readHead(root)).toMatchObject(head)
  })

  const before = [
    { name: 'bytes of another writer', act: () => fs.appendFileSync(target.file.path, 'x'), reason: 'foreign-bytes' },
    { name: 'a cut', act: () => fs.truncateSync(target.file.path, 0), reason: 'foreign-bytes' },
    { name: 'a removed file', act: () => fs.rmSync(target.file.path), reason: 'file-replaced' },
    { name: 'a removed head record', act: () => fs.rmSync(target.head.path), reason: 'file-replaced' },
    { name: 'an epoch of another writer', act: supersede, reason: 'epoch-superseded' },
  ]
  for (const { name, act, reason } of before)
    it(`writes nothing after ${name}`, async () => {
      await Promise.all(port.commit([group(0, 'a\n')]))
      act()
      const size = fs.fstatSync(target.file.appendFd).size
      await expect(Promise.all(port.commit([group(1, 'b\n')]))).rejects.toMatchObject({ reason })
      expect(fs.fstatSync(target.file.appendFd).size).toBe(size)
    })

  const secondSyncs: { secondSync: SecondSync; want: string[] }[] = [
    { secondSync: 'head', want: ['sync', 'head 2'] },
    { secondSync: 'same', want: ['sync', 'sync', 'head 2'] },
    { secondSync: 'none', want: ['sync', 'head 2'] },
  ]
  it.each(secondSyncs)('syncs the file before its head record, twice where that trails: $secondSync', async (row) => {
    const { file, head } = target
    target = { file, head: HeadFile.begin(root, { ...head.record, epoch: 2, n: head.record.n + 1 }, row.secondSync) }
    head.close()
    const done: string[] = []
    const note = (what: () => string) => () => void done.push(what())
    vi.spyOn(file, 'sync').mockImplementation(note(() => 'sync'))
    vi.spyOn(file, 'syncInPool').mockImplementation(async () => void done.push('sync'))
    vi.spyOn(target.head, 'write').mockImplementation((record) => void done.push(`head ${record.count}`))
    vi.spyOn(target.head, 'writeInPool').mockImplementation(async (record) => void done.push(`head ${record.count}`))
    await Promise.all(port.commit([group(0, 'a\nb\n')]))
    expect(done).toEqual(row.want)
  })

  it('gives no receipt when the second sync fails, and writes no head record', async () => {
    const { file, head } = target
    target = { file, head: HeadFile.begin(root, { ...head.record, epoch: 2, n: head.record.n + 1 }, 'same') }
    head.close()
    let syncs = 0
    const sync = (): void => {
      if (++syncs === 2) throw new StopSignal('sync-failed', 'i/o')
    }
    vi.spyOn(file, 'sync').mockImplementation(sync)
    vi.spyOn(file, 'syncInPool').mockImplementation(async () => sync())
    await expect(Promise.all(port.commit([group(0, 'a\n')]))).rejects.toMatchObject({ reason: 'sync-failed' })
    expect(readHead(root)).toMatchObject({ count: 0 })
  })

  it('never takes its own write for a touch', async () => {
    const { file } = target
    const commits = Promise.all(port.commit([group(0, 'a\n'.repeat(40_000))]))
    let looks = 0
    const look = (): void => {
      expect(file.isTouched()).toBe(false)
      looks++
    }
    const looking = setInterval(look, 0)
    await commits
    clearInterval(looking)
    look()
    expect(looks).toBeGreaterThan(0)
    fs.utimesSync(file.path, 1, 1)
    expect(file.isTouched()).toBe(true)
  })

  it('does not sync what another writer put between', async () => {
    const { file } = target
    const assert = file.assertGrown.bind(file)
    file.assertGrown = (length) => {
      fs.appendFileSync(file.path, 'late\n')
      assert(length)
    }
    file.sync = () => expect.unreachable('synced')
    file.syncInPool = () => expect.unreachable('synced')
    await expect(Promise.all(port.commit([group(0, 'a\n')]))).rejects.toMatchObject({ reason: 'foreign-bytes' })
    expect(readHead(root)).toMatchObject({ count: 0, bytes: 0 })
  })
})

function supersede(): void {
  const head = readHead(root) as HeadRecord
  HeadFile.begin(root, { ...head, epoch: head.epoch + 1, n: head.n + 1 }, 'head').close()
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
