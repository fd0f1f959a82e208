import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readOrMakeSecret } from './secret-file.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-secret-'))
  file = path.join(folder, 'token')
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

describe('readOrMakeSecret', () => {
  it('makes it once, for the owner alone', () => {
    expect([readOrMakeSecret(file, () => 'first'), readOrMakeSecret(file, () => 'second')]).toEqual(['first', 'first'])
    expect(fs.statSync(file).mode & 0o777).toBe(0o600)
  })

  it.each([
    { name: 'can be read by others', spoil: () => fs.chmodSync(file, 0o640) },
    { name: 'has a second name', spoil: () => fs.linkSync(file, `${file}2`) },
    { name: 'is a link', spoil: () => (fs.renameSync(file, `${file}2`), fs.symlinkSync(`${file}2`, file)) },
    { name: 'is a folder', spoil: () => (fs.rmSync(file), fs.mkdirSync(file)) },
  ])('refuses one that $name', ({ spoil }) => {
    readOrMakeSecret(file, () => 'first')
    spoil()
    expect(() => readOrMakeSecret(file, () => 'second')).toThrow('CONFIG_INVALID')
  })
})
