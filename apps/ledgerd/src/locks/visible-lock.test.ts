import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readHolder } from './holder.ts'
import { takeVisibleLock, type VisibleLock } from './visible-lock.ts'

const holder = { pid: 7, host: 'here', epoch: 1, since: '2026-01-01T00:00:00.000Z' }
let root: string
let said: string[]

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-lock-'))
  said = []
  fs.writeFileSync(at('x.jsonl'), '')
})
afterEach(() => {
  vi.restoreAllMocks()
  fs.rmSync(root, { recursive: true })
})

const at = (name: string): string => path.join(root, name)
const take = (): Promise<VisibleLock> => takeVisibleLock(at('x.jsonl'), root, holder, (text) => void said.push(text))
const isThere = (name: string): boolean => fs.existsSync(at(name))
const makeLock = (): void => fs.mkdirSync(at('lock'))
/** As proper-lockfile does it when it takes a lock for stale. */
function rob(): void {
  fs.rmdirSync(at('lock'))
  fs.mkdirSync(at('inode-taken-meanwhile'))
  makeLock()
}

describe('visible lock', () => {
  it('is seen while held, names the holder, and is gone afterwards', async () => {
    const lock = await take()
    expect([isThere('lock'), lock.check()]).toEqual([true, 'held'])
    expect(readHolder(at('holder.json'))).toEqual(holder)
    await lock.release()
    expect([isThere('lock'), isThere('holder.json'), said]).toEqual([false, false, []])
  })

  const killed = [
    { name: 'before anything', files: [] },
    { name: 'between name and lock', files: ['holder.json'] },
    { name: 'while held', files: ['holder.json', 'lock'] },
  ]
  for (const { name, files } of killed)
    it(`is taken at once from a ledgerd killed ${name}`, async () => {
      if (files.includes('holder.json')) fs.writeFileSync(at('holder.json'), JSON.stringify(holder))
      if (files.includes('lock')) makeLock()
      await (await take()).release()
    })

  it('is taken at once after a power cut that kept the names and lost what the holder wrote', async () => {
    fs.writeFileSync(at('holder.json'), '')
    makeLock()
    await (await take()).release()
  })

  it('has a durable name of its holder before it is there, and as long as it is', async () => {
    const names: string[] = []
    const real = fs.fsyncSync
    // A folder is synced: what is in it then is what a power cut leaves at least.
    vi.spyOn(fs, 'fsyncSync').mockImplementation((fd) => {
      if (fs.fstatSync(fd).isDirectory()) names.push(['holder.json', 'lock'].filter(isThere).join(' '))
      real(fd)
    })
    const lock = await take()
    await lock.release()
    // Twice the holder alone: before the lock is made, and after it is removed.
    expect(names).toEqual(['holder.json', 'holder.json'])
  })

  it('respects a lock that no ledgerd took, and leaves no name beside it', async () => {
    makeLock()
    await expect(take()).rejects.toMatchObject({ code: 'LEDGER_LOCKED' })
    expect([isThere('lock'), isThere('holder.json')]).toEqual([true, false])
  })

  it('takes over a lock of others that is stale', async () => {
    makeLock()
    fs.utimesSync(at('lock'), 1, 1)
    const lock = await take()
    expect([lock.check(), isThere('holder.json')]).toEqual(['held', true])
    await lock.release()
  })
})

describe('a visible lock that there was no room for', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', errno: -28 })

  it('is done without, said once, and taken once there is room', async () => {
    const write = vi.spyOn(fs, 'writeFileSync').mockImplementation(() => {
      throw full
    })
    const lock = await take()
    expect([lock.check(), isThere('lock')]).toEqual(['held', false])
    await expect.poll(() => (lock.check(), write.mock.calls.length)).toBeGreaterThan(2)
    expect([isThere('lock'), said]).toEqual([false, [expect.stringContaining('no room')]])
    write.mockRestore()
    await expect.poll(() => (lock.check(), isThere('lock'))).toBe(true)
    expect(readHolder(at('holder.json'))).toEqual(holder)
    await lock.release()
    expect([isThere('lock'), isThere('holder.json')]).toEqual([false, false])
  })

  it('is respected when another program got it meanwhile', async () => {
    const write = vi.spyOn(fs, 'writeFileSync').mockImplementation(() => {
      throw full
    })
    const lock = await take()
    write.mockRestore()
    makeLock()
    expect(lock.check()).toBe('taken')
    await lock.release()
    expect(isThere('lock')).toBe(true)
  })
})

describe('a visible lock that cannot be let go', () => {
  it('keeps its name, and nobody from ending', async () => {
    const lock = await take()
    const readOnly = Object.assign(new Error('EROFS'), { errno: -30 })
    const refuse = (_: fs.PathLike, done: fs.NoParamCallback): void => done(readOnly)
    vi.spyOn(fs, 'rmdir').mockImplementation(refuse as typeof fs.rmdir)
    await lock.release()
    expect([isThere('lock'), isThere('holder.json'), said]).toEqual([true, true, [expect.stringContaining('EROFS')]])
    vi.restoreAllMocks()
    await (await take()).release()
  })
})

describe('a visible lock that was lost', () => {
  it('by removal is taken again, and told once', async () => {
    const lock = await take()
    fs.rmdirSync(at('lock'))
    expect([lock.check(), lock.check()]).toEqual(['held', 'held'])
    await expect.poll(() => isThere('lock')).toBe(true)
    expect([lock.check(), said.length]).toEqual(['held', 1])
    await lock.release()
    expect([isThere('lock'), isThere('holder.json')]).toEqual([false, false])
  })

  it('with the folder it lies in, and came back with it, is not left behind', async () => {
    const lock = await take()
    const [here, away] = [root, `${root}-away`]
    fs.renameSync(here, away)
    lock.check()
    await expect.poll(() => said.length).toBe(1)
    fs.renameSync(away, here)
    await lock.release()
    expect([isThere('lock'), isThere('holder.json')]).toEqual([false, false])
  })

  it('to another program is known also where its folder gets the inode of ours', async () => {
    const lock = await take()
    const { ino, birthtimeMs } = fs.lstatSync(at('lock'))
    // Until the clock of the file system has gone on: a theft takes longer than that.
    do {
      fs.rmdirSync(at('lock'))
      makeLock()
    } while (fs.lstatSync(at('lock')).birthtimeMs === birthtimeMs)
    const there = fs.lstatSync(at('lock'))
    vi.spyOn(fs, 'lstatSync').mockImplementation(() => Object.assign(there, { ino }))
    expect(lock.check()).toBe('taken')
    vi.restoreAllMocks()
    await lock.release()
  })

  it('to another program is known at the next look, and stays with that program', async () => {
    const lock = await take()
    rob()
    expect(lock.check()).toBe('taken')
    await lock.release()
    expect([isThere('lock'), isThere('holder.json')]).toEqual([true, false])
  })
})
