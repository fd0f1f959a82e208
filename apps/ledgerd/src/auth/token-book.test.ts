import { describe, expect, it } from 'vitest'
import { MemoryGrants } from '../../test/transport-harness.ts'
import { silentLog } from '../ops/log.ts'
import { TokenBook } from './token-book.ts'

const ownerToken = 'A'.repeat(43)
const reader = 'R'.repeat(43)
const writer = 'W'.repeat(43)
const readerRow = { token: reader, allow: ['read'], ledgers: ['worlds/**', 'jobs/*'] } as const
const writerRow = { token: writer, allow: ['append', 'admin'], ledgers: ['worlds/hall'] } as const

function open(): { book: TokenBook; file: MemoryGrants; clock: { nowMs: number } } {
  const file = new MemoryGrants()
  const clock = { nowMs: Date.parse('2026-03-01T10:00:00Z') }
  file.allow(readerRow, writerRow)
  return {
    book: new TokenBook({
      ownerToken,
      file,
      nowMs: () => clock.nowMs,
      log: silentLog,
      draftsPerSecondMax: Number.POSITIVE_INFINITY,
    }),
    file,
    clock,
  }
}

describe('a principal', () => {
  const { book } = open()
  it.each([
    { token: reader, action: 'read', ledger: 'worlds/a/b', want: true },
    { token: reader, action: 'read', ledger: 'jobs/a', want: true },
    { token: reader, action: 'read', ledger: 'jobs/a/b', want: false },
    { token: reader, action: 'read', ledger: 'other', want: false },
    { token: reader, action: 'append', ledger: 'worlds/a', want: false },
    { token: reader, action: 'admin', ledger: undefined, want: false },
    { token: writer, action: 'append', ledger: 'worlds/hall', want: true },
    { token: writer, action: 'append', ledger: 'worlds/hall2', want: false },
    { token: writer, action: 'read', ledger: 'worlds/hall', want: false },
    { token: writer, action: 'admin', ledger: undefined, want: true },
    { token: ownerToken, action: 'append', ledger: 'any/where', want: true },
    { token: ownerToken, action: 'admin', ledger: undefined, want: true },
  ] as const)('$token $action $ledger: $want', ({ token, action, ledger, want }) => {
    const principal = book.find(token)
    expect(principal?.may(action, ledger)).toBe(want)
    expect(principal?.refusal(action, ledger) === undefined).toBe(want)
  })

  it('says what was missing and where', () => {
    expect(book.find(reader)?.refusal('append', 'worlds/a')).toMatchObject({
      code: 'FORBIDDEN',
      outcome: 'absent',
      message: 'FORBIDDEN: the token RRRRRRRR lacks append on worlds/a; it has read on worlds/**, jobs/*',
      details: { action: 'append', ledger: 'worlds/a' },
    })
  })
})

describe('a token book', () => {
  it('knows no other token', () => {
    const { book } = open()
    expect([book.find('x'), book.find(''), book.find(`${reader} `)]).toEqual([undefined, undefined, undefined])
  })

  it('takes up new tokens, and revokes those that are gone, without touching the others', () => {
    const { book, file } = open()
    const [before, other] = [book.find(reader), book.find(writer)]
    let revocations = 0
    before?.onRevoked(() => (revocations += 1))
    file.allow(writerRow)
    book.refresh()
    expect([before?.isRevoked, revocations, book.find(reader)]).toEqual([true, 1, undefined])
    expect(before?.refusal('read', 'worlds/a')?.code).toBe('UNAUTHENTICATED')
    expect(book.find(writer)).toBe(other)
    file.allow(readerRow, writerRow)
    expect(book.find(reader)?.isRevoked).toBe(false)
  })

  it('makes a principal anew whose scope has changed', () => {
    const { book, file } = open()
    const before = book.find(reader)
    file.allow({ ...readerRow, ledgers: ['worlds/**'] })
    expect(book.find(reader)?.may('read', 'jobs/a')).toBe(false)
    expect(before?.isRevoked).toBe(true)
  })

  it('revokes a token when its time has come, and takes it no more', () => {
    const { book, file, clock } = open()
    file.allow({ ...readerRow, expires: '2026-03-01T11:00:00Z' })
    const principal = book.find(reader)
    clock.nowMs += 3_600_000 - 1
    book.refresh()
    expect(principal?.isRevoked).toBe(false)
    clock.nowMs += 1
    book.refresh()
    expect([principal?.isRevoked, book.find(reader)]).toEqual([true, undefined])
  })

  it('gives nobody but the owner anything while the file is wrong', () => {
    const { book, file } = open()
    const principal = book.find(reader)
    file.write('{"v": 1')
    expect([book.find(reader), principal?.isRevoked, book.find(ownerToken)?.name]).toEqual([undefined, true, 'owner'])
    file.allow(readerRow)
    expect(book.find(reader)?.name).toBe('RRRRRRRR')
  })

  it('gives nobody but the owner anything while the system refuses the file, and asks again', () => {
    const { book, file } = open()
    const { read } = file
    file.read = () => {
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', errno: -5 })
    }
    file.allow(readerRow)
    const unread = [book.refresh(), book.find(reader), book.refresh(), book.find(ownerToken)?.name]
    expect(unread).toEqual([true, undefined, false, 'owner'])
    file.read = read
    expect(book.find(reader)?.name).toBe('RRRRRRRR')
  })

  it('does not open on a file that is wrong', () => {
    const file = new MemoryGrants()
    file.write('[]')
    expect(
      () =>
        new TokenBook({
          ownerToken,
          file,
          nowMs: () => 0,
          log: silentLog,
          draftsPerSecondMax: Number.POSITIVE_INFINITY,
        }),
    ).toThrow('CONFIG_INVALID')
  })
})
