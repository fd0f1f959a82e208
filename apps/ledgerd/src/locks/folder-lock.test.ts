import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { lockFolder } from './folder-lock.ts'
import { tryKernelLock } from './kernel-lock.ts'

const host = os.hostname()
const since = '2026-01-01T00:00:00.000Z'
const own = { pid: process.pid, host, epoch: 0, since }
let folder: string
let file: string

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-folder-lock-'))
  file = path.join(folder, 'daemon.json')
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

describe('lockFolder', () => {
  it('names itself, and gives the folder back', () => {
    const lock = lockFolder(folder, own)
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(own)
    lock.release()
    lockFolder(folder, own).release()
  })

  it('is had without a name where the disk has no room for one, and kept from others', () => {
    const errno = -os.constants.errno.EDQUOT
    vi.spyOn(fs, 'ftruncateSync').mockImplementationOnce(() => {
      throw Object.assign(new Error('full'), { errno })
    })
    const lock = lockFolder(folder, own)
    expect(fs.readFileSync(file, 'utf8')).toBe('')
    expect(() => lockFolder(folder, own, 100)).toThrow(expect.objectContaining({ code: 'LEDGER_LOCKED', details: {} }))
    lock.release()
    lockFolder(folder, own).release()
  })

  const dead = { ...own, pid: spawnSync('true').pid }
  const named = [
    { name: 'one that lives', written: own, want: own },
    { name: 'one on another machine', written: { ...dead, host: 'elsewhere' }, want: { ...dead, host: 'elsewhere' } },
    { name: 'nobody, where only a dead one is named', written: dead, want: undefined },
  ]
  for (const { name, written, want } of named)
    it(`refuses and names ${name}`, () => {
      const fd = fs.openSync(file, 'w')
      expect(tryKernelLock(fd)).toBe(true)
      fs.writeFileSync(file, JSON.stringify(written))
      const details = want === undefined ? {} : { holder: want }
      expect(() => lockFolder(folder, own, 100)).toThrow(expect.objectContaining({ code: 'LEDGER_LOCKED', details }))
      fs.closeSync(fd)
    })

  it('gets the folder from a program of a killed daemon that still has the lock, once that has ended', () => {
    fs.writeFileSync(file, JSON.stringify(dead))
    const fd = fs.openSync(file, 'r+')
    expect(tryKernelLock(fd)).toBe(true)
    // Like the `flock` that a daemon was waiting for when it was killed: it has the descriptor, and ends by itself.
    spawn('sleep', ['0.3'], { stdio: ['ignore', 'ignore', 'ignore', fd] })
    fs.closeSync(fd)
    const lock = lockFolder(folder, own)
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(own)
    lock.release()
  })

  it('waits for the name of a holder that has just got the lock', () => {
    const fd = fs.openSync(file, 'w')
    expect(tryKernelLock(fd)).toBe(true)
    fs.writeFileSync(file, JSON.stringify(dead))
    const late = path.join(folder, 'late')
    fs.writeFileSync(late, JSON.stringify(own))
    spawn('sh', ['-c', `cat '${late}' > '${file}'`])
    expect(() => lockFolder(folder, own)).toThrow(expect.objectContaining({ details: { holder: own } }))
    fs.closeSync(fd)
  })
})
