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

const secret = (text: string) => ({ make: () => text, isValid: (found: string) => found.length > 0 })

describe('readOrMakeSecret', () => {
  it('makes it once, for the owner alone', () => {
    expect([readOrMakeSecret(file, secret('first')), readOrMakeSecret(file, secret('second'))]).toEqual([
      'first',
      'first',
    ])
    expect(fs.statSync(file).mode & 0o777).toBe(0o600)
  })

  it.each([
    { name: 'can be read by others', spoil: () => fs.chmodSync(file, 0o640) },
    { name: 'has a second name', spoil: () => fs.linkSync(file, `${file}2`) },
    { name: 'is a link', spoil: () => (fs.renameSync(file, `${file}2`), fs.symlinkSync(`${file}2`, file)) },
    { name: 'is empty, as a crash may leave it', spoil: () => fs.truncateSync(file) },
    { name: 'is a folder', spoil: () => (fs.rmSync(file), fs.mkdirSync(file)) },
  ])('refuses one that $name', ({ spoil }) => {
    readOrMakeSecret(file, secret('first'))
    spoil()
    expect(() => readOrMakeSecret(file, secret('second'))).toThrow('CONFIG_INVALID')
  })
})
