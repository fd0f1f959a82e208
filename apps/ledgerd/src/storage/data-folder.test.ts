import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DataFolder } from './data-folder.ts'

let root: string
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-folder-'))
})
afterEach(() => fs.rmSync(root, { recursive: true }))

describe('a data folder that was moved away', () => {
  const moves = [
    { name: 'the folder', what: 'data' },
    { name: 'its sidecar', what: 'data/.ledgerd' },
  ]
  for (const { name, what } of moves)
    it(`takes no ledger for a new one: ${name}`, () => {
      const folder = new DataFolder(path.join(root, 'data'))
      fs.writeFileSync(folder.ledgerFile('x'), '')
      const [here, elsewhere] = [path.join(root, what), path.join(root, 'elsewhere')]
      fs.renameSync(here, elsewhere)
      const refusal = expect.objectContaining({ code: 'BUSY', details: { reason: 'folder-moved' } })
      const calls = [() => folder.has('x'), () => folder.list(), () => folder.assertInPlace()]
      for (const call of calls) expect(call).toThrow(refusal)
      fs.mkdirSync(here)
      for (const call of calls) expect(call).toThrow(refusal)
      fs.rmdirSync(here)
      fs.renameSync(elsewhere, here)
      expect([folder.has('x'), folder.list()]).toEqual([true, ['x']])
    })
})
