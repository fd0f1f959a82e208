import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { requireOwnFolder } from './folder-modes.ts'

let root: string
const at = (name: string): string => path.join(root, name)
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-modes-'))
  for (const folder of ['.ledgerd', 'worlds', '.hidden']) fs.mkdirSync(at(folder), { mode: 0o700 })
  for (const file of ['worlds/hall.jsonl', 'notes.txt', '.hidden/x.jsonl'])
    fs.writeFileSync(at(file), '', { mode: 0o600 })
})
afterEach(() => fs.rmSync(root, { recursive: true }))

function check(): string[] {
  const told: string[] = []
  requireOwnFolder(root, at('.ledgerd'), (sentence) => void told.push(sentence))
  return told
}

describe('a data folder', () => {
  it.each([
    { name: 'of its owner alone', change: () => {}, told: 0 },
    { name: 'with ledgers that others can read', change: () => fs.chmodSync(at('worlds/hall.jsonl'), 0o644), told: 0 },
    { name: 'that others can look into', change: () => fs.chmodSync(root, 0o755), told: 1 },
    { name: 'with a stray file that others can write', change: () => fs.chmodSync(at('notes.txt'), 0o666), told: 0 },
    { name: 'with a link to somewhere else', change: () => fs.symlinkSync('/etc', at('away')), told: 0 },
    { name: 'with a broken link', change: () => fs.symlinkSync('/nowhere', at('gone.jsonl')), told: 0 },
  ])('$name is taken', ({ change, told }) => {
    change()
    expect(check()).toHaveLength(told)
  })

  it.each([
    { name: 'that others can write', change: () => fs.chmodSync(root, 0o777), says: 'chmod go-w' },
    { name: 'that its group can write', change: () => fs.chmodSync(root, 0o770), says: 'chmod go-w' },
    { name: 'with a folder that others can write', change: () => fs.chmodSync(at('worlds'), 0o707), says: 'worlds' },
    {
      name: 'with a ledger that others can write',
      change: () => fs.chmodSync(at('worlds/hall.jsonl'), 0o602),
      says: 'hall',
    },
    { name: 'whose sidecar others can enter', change: () => fs.chmodSync(at('.ledgerd'), 0o710), says: 'chmod 700' },
    {
      name: 'whose sidecar is a link',
      change: () => (fs.renameSync(at('.ledgerd'), at('.x')), fs.symlinkSync(at('.x'), at('.ledgerd'))),
      says: 'remove it',
    },
  ])('$name is refused', ({ change, says }) => {
    change()
    expect(check).toThrow('CONFIG_INVALID')
    expect(check).toThrow(says)
  })

  it.runIf(process.getuid?.() === 0)('with a ledger of somebody else is refused (needs root)', () => {
    fs.chownSync(at('worlds/hall.jsonl'), 4711, 4711)
    expect(check).toThrow('belongs to user 4711')
  })
})
