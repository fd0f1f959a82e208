import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LedgerFile } from './ledger-file.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-file-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  fs.rmSync(folder, { recursive: true })
})

describe('a ledger file that cannot be opened whole', () => {
  const real = fs.openSync
  const ways = [
    { name: 'a new one', open: (file: string) => LedgerFile.create(file), opensBefore: 1 },
    { name: 'a new one, at its last step', open: (file: string) => LedgerFile.create(file), opensBefore: 2 },
    {
      name: 'one that is there',
      open: (file: string) => {
        fs.closeSync(real(file, 'a'))
        return LedgerFile.open(file)
      },
      opensBefore: 1,
    },
  ]
  for (const { name, open, opensBefore } of ways)
    it(`keeps no descriptor: ${name}`, () => {
      const opened: number[] = []
      const closed: number[] = []
      vi.spyOn(fs, 'openSync').mockImplementation((...args) => {
        if (opened.length === opensBefore) throw Object.assign(new Error('EMFILE'), { errno: -24 })
        opened.push(real(...args))
        return opened.at(-1) as number
      })
      const realClose = fs.closeSync
      vi.spyOn(fs, 'closeSync').mockImplementation((fd) => {
        closed.push(fd)
        realClose(fd)
      })
      expect(() => open(path.join(folder, 'x.jsonl'))).toThrow('EMFILE')
      expect(closed.toSorted()).toEqual(expect.arrayContaining(opened.toSorted()))
    })
})
