import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { originOf } from './origin.ts'

let sidecar: string
beforeEach(() => {
  sidecar = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-origin-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  fs.rmSync(sidecar, { recursive: true })
})

const fail = (code: string) => (): void => {
  vi.spyOn(fs, 'readFileSync').mockImplementation(() => {
    throw Object.assign(new Error(`${code}: planted`), { code })
  })
}

describe('a record of the origin', () => {
  const table: readonly { name: string; plant: () => void; want: undefined | string }[] = [
    { name: 'that is missing is none', plant: () => undefined, want: undefined },
    {
      name: 'that is damaged is none',
      plant: () => fs.writeFileSync(path.join(sidecar, 'created.json'), '{"v"'),
      want: undefined,
    },
    {
      name: 'that a stranger may not see is none: the lines are read without it',
      plant: fail('EACCES'),
      want: undefined,
    },
    { name: 'that the disk does not give is not taken for missing', plant: fail('EIO'), want: 'EIO' },
  ]
  for (const { name, plant, want } of table)
    it(name, () => {
      plant()
      if (want === undefined) expect(originOf(sidecar)).toBeUndefined()
      else expect(() => originOf(sidecar)).toThrow(want)
    })
})
