import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Outcome, run } from '../../test/memory-io.ts'
import { hashToken } from '../auth/token.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-token-'))
  fs.mkdirSync(path.join(folder, '.ledgerd'), { mode: 0o700 })
  file = path.join(folder, '.ledgerd/tokens.json')
})
afterEach(() => fs.rmSync(folder, { recursive: true }))

const token = (...args: string[]): Promise<Outcome> => run(['token', ...args, '--data', folder])
const hall = ['create', '--name', 'hall', '--allow', 'append,read', '--ledgers', 'worlds/**']

describe('token create', () => {
  it('prints the token and keeps its hash alone, for the owner alone', async () => {
    const { out, err, exitCode } = await token(...hall, '--expires', '90d')
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^[A-Za-z0-9_-]{43}\n$/)
    expect(err).toContain('hall may append, read on worlds/**')
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual({
      v: 1,
      tokens: [
        {
          name: 'hall',
          sha256: hashToken(out.trim()).toString('hex'),
          allow: ['append', 'read'],
          ledgers: ['worlds/**'],
          created: '2026-03-01T10:00:00.000Z',
          expires: '2026-05-30T10:00:00.000Z',
        },
      ],
    })
    expect(fs.statSync(file).mode & 0o777).toBe(0o600)
    expect(`${err}${fs.readFileSync(file, 'utf8')}`).not.toContain(out.trim())
  })

  it.each([
    { name: 'a name twice', args: hall, want: 1, says: 'revoke hall' },
    { name: 'no name', args: ['create', '--allow', 'read', '--ledgers', 'a'], want: 2, says: '--name' },
    { name: 'a reserved name', args: ['create', '--name', 'owner', '--allow', 'admin'], want: 2, says: 'no name' },
    { name: 'an unknown action', args: ['create', '--name', 'x', '--allow', 'read,write'], want: 2, says: 'append' },
    { name: 'an action twice', args: ['create', '--name', 'x', '--allow', 'read,read'], want: 2, says: '--allow' },
    { name: 'no ledgers', args: ['create', '--name', 'x', '--allow', 'read'], want: 2, says: 'which ledgers' },
    {
      name: 'ledgers for admin',
      args: ['create', '--name', 'x', '--allow', 'admin', '--ledgers', 'a'],
      want: 2,
      says: 'whole daemon',
    },
    {
      name: 'a pattern that leads out',
      args: ['create', '--name', 'x', '--allow', 'read', '--ledgers', '../**'],
      want: 2,
      says: 'pattern',
    },
    ...['0', '-1', '1.5', '1e3', 'many'].map((rate) => {
      const args = ['create', '--name', 'x', '--allow', 'admin', '--drafts-per-second', rate]
      return { name: `a rate of ${rate}`, args, want: 2, says: 'drafts-per-second' }
    }),
    ...['soon', '0d', '2026-03-01', '2026-02-01T00:00:00Z', '2026-13-01T00:00:00Z'].map((when) => {
      return { name: when, args: ['create', '--name', 'x', '--allow', 'admin', '--expires', when], want: 2, says: when }
    }),
  ])('refuses $name', async ({ args, want, says }) => {
    await token(...hall)
    const before = fs.readFileSync(file, 'utf8')
    const { out, err, exitCode } = await token(...args)
    expect({ out, exitCode }).toEqual({ out: '', exitCode: want })
    expect(err).toContain(says)
    expect(fs.readFileSync(file, 'utf8')).toBe(before)
  })

  it.each([
    { name: 'others can read', spoil: () => fs.chmodSync(file, 0o644), want: 2 },
    { name: 'is a link', spoil: () => (fs.renameSync(file, `${file}2`), fs.symlinkSync(`${file}2`, file)), want: 2 },
    { name: 'was cut short', spoil: () => fs.truncateSync(file, 20), want: 2 },
  ])('adds nothing to a file that $name', async ({ spoil, want }) => {
    await token(...hall)
    spoil()
    const { out, exitCode } = await token('create', '--name', 'x', '--allow', 'admin')
    expect({ out, exitCode }).toEqual({ out: '', exitCode: want })
  })

  it('wants a folder that a daemon has served', async () => {
    const { err, exitCode } = await run([...['token', ...hall], '--data', os.tmpdir()])
    expect(exitCode).toBe(2)
    expect(err).toContain('--data DIR')
  })
})

describe('token list and revoke', () => {
  it('lists what was made until it is revoked, and never a hash', async () => {
    await token(...hall)
    await token(
      'create',
      '--name',
      'scraper',
      '--allow',
      'admin',
      '--expires',
      '2026-03-02T00:00:00Z',
      '--drafts-per-second',
      '50',
    )
    expect((await token('list')).out).toBe(
      'hall  append, read on worlds/**, since 2026-03-01T10:00:00.000Z\n' +
        'scraper  admin, 50 drafts a second, since 2026-03-01T10:00:00.000Z, until 2026-03-02T00:00:00.000Z\n',
    )
    const [first = ''] = (await token('list', '--json')).out.split('\n')
    expect(JSON.parse(first)).toEqual({
      kind: 'token',
      v: 1,
      name: 'hall',
      allow: ['append', 'read'],
      ledgers: ['worlds/**'],
      created: '2026-03-01T10:00:00.000Z',
      expired: false,
    })
    expect((await token('revoke', 'hall')).exitCode).toBe(0)
    expect((await token('list')).out).toMatch(/^scraper {2}[^\n]*\n$/)
    expect((await token('revoke', 'hall')).exitCode).toBe(4)
  })

  it('says so when there is none', async () => {
    const { out, err, exitCode } = await token('list')
    expect({ out, exitCode }).toEqual({ out: '', exitCode: 0 })
    expect(err).toContain('no tokens')
  })
})
