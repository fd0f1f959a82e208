import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readHolder } from './holder.ts'
import { takeVisibleLock } from './visible-lock.ts'

const holder = { pid: 7, host: 'here', epoch: 1, since: '2026-01-01T00:00:00.000Z' }
let root: string

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-lock-'))
  fs.writeFileSync(path.join(root, 'x.jsonl'), '')
})
afterEach(() => fs.rmSync(root, { recursive: true }))

const take = () => takeVisibleLock(path.join(root, 'x.jsonl'), root, holder, () => expect.unreachable('compromised'))
const isThere = (name: string): boolean => fs.existsSync(path.join(root, name))

describe('visible lock', () => {
  it('is seen while held, names the holder, and is gone afterwards', async () => {
    const lock = await take()
    expect(isThere('lock')).toBe(true)
    expect(readHolder(path.join(root, 'holder.json'))).toEqual(holder)
    await lock.release()
    expect([isThere('lock'), isThere('holder.json')]).toEqual([false, false])
  })

  const killed = [
    { name: 'before anything', files: [] },
    { name: 'between name and lock', files: ['holder.json'] },
    { name: 'while held', files: ['holder.json', 'lock'] },
  ]
  for (const { name, files } of killed)
    it(`is taken at once from a ledgerd killed ${name}`, async () => {
      if (files.includes('holder.json')) fs.writeFileSync(path.join(root, 'holder.json'), JSON.stringify(holder))
      if (files.includes('lock')) fs.mkdirSync(path.join(root, 'lock'))
      await (await take()).release()
    })

  it('is taken at once after a power cut that kept the names and lost what the holder wrote', async () => {
    fs.writeFileSync(path.join(root, 'holder.json'), '')
    fs.mkdirSync(path.join(root, 'lock'))
    await (await take()).release()
  })

  it('respects a lock that no ledgerd took', async () => {
    fs.mkdirSync(path.join(root, 'lock'))
    await expect(take()).rejects.toMatchObject({ code: 'LEDGER_LOCKED' })
    expect([isThere('lock'), isThere('holder.json')]).toEqual([true, false])
  })
})
