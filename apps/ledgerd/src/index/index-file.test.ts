import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { IndexFile } from './index-file.ts'
import { recordBytes } from './line-record.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-index-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  fs.rmSync(folder, { recursive: true })
})

const seed = { high: 1, low: 2 }
const peak = [Buffer.alloc(32, 7)]
const record = (byte: number): Buffer => Buffer.alloc(recordBytes, byte)

describe('an index that could not be written', () => {
  const failures = [
    { name: 'refused', write: (): number => expect.unreachable(), isRefused: true },
    { name: 'written short', write: (): number => 10, isRefused: false },
  ]
  for (const { name, write, isRefused } of failures)
    it(`gives no record that is not whole on disk, nor one in the wrong place: ${name}`, () => {
      const { file } = IndexFile.load(folder, 10, () => seed, 'test')
      file.flush(record(1), peak, seed)
      const full = Object.assign(new Error('ENOSPC'), { errno: -os.constants.errno.ENOSPC })
      const failing = vi.spyOn(fs, 'writeSync').mockImplementation(() => {
        if (isRefused) throw full
        return write()
      })
      expect(() => file.flush(record(2), peak, seed)).toThrow()
      failing.mockRestore()
      file.flush(record(3), peak, seed)
      expect([file.count, file.leaves(0, 9)]).toEqual([1, Buffer.alloc(32, 1)])
      expect(fs.statSync(path.join(folder, 'lines')).size).toBe(recordBytes)
      file.close()
    })
})

describe('an index that the disk has no room to cut back', () => {
  const load = (countMax: number): IndexFile => IndexFile.load(folder, countMax, () => seed, 'test').file
  const cases = [
    { name: 'is loaded as far as it is believed', countMax: 10, want: [1, 3] },
    { name: 'is begun anew over what is not believed', countMax: 0, want: [3] },
  ]
  for (const { name, countMax, want } of cases)
    it(name, () => {
      const first = load(10)
      first.flush(record(1), peak, seed)
      first.close()
      fs.appendFileSync(path.join(folder, 'lines'), record(9))
      const cutting = vi.spyOn(fs, 'ftruncateSync').mockImplementation(() => {
        throw Object.assign(new Error('full'), { errno: -os.constants.errno.EDQUOT })
      })
      const second = load(countMax)
      cutting.mockRestore()
      expect(second.count).toBe(want.length - 1)
      second.flush(record(3), peak, seed)
      second.close()
      const third = load(10)
      expect(third.leaves(0, 9)).toEqual(Buffer.concat(want.map((byte) => Buffer.alloc(32, byte))))
      third.close()
    })
})
