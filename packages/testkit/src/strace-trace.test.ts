import { describe, expect, it } from 'vitest'
import { readStrace } from './strace-trace.ts'

const hex = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
const at = (fd: number, name: string): string => `${fd}<${hex(`/d/${name}`)}>`
const receipt = { ledger: 'x', seq: 0, eventId: 'a', leafHash: `sha256:${'ab'.repeat(32)}`, durable: 'fsync' }
const read = (lines: string[]) =>
  readStrace({ lines, root: '/d', files: new Map([['x.jsonl', { ino: 7, size: 10 }]]), receipts: [receipt] })

describe('readStrace', () => {
  const cases = [
    {
      name: 'a file that is made, with a padded process id',
      lines: [`  12 openat(AT_FDCWD<${hex('/')}>, "${hex('/d/y')}", O_WRONLY|O_CREAT|O_EXCL, 0600) = ${at(5, 'y')}`],
      want: [{ kind: 'create', path: 'y' }],
    },
    {
      name: 'an append goes to the end, and counts what was written',
      lines: [`12 write(${at(5, 'x.jsonl')}, "${hex('abcd')}", 4) = 3`],
      want: [{ kind: 'write', ino: 7, at: 10, bytes: Buffer.from('abc'), isDurable: false }],
    },
    {
      name: 'a call that was interrupted by another thread',
      lines: [
        `12 fdatasync(${at(5, 'x.jsonl')} <unfinished ...>`,
        `13 ftruncate(${at(6, 'x.jsonl')}, 4) = 0`,
        '12 <... fdatasync resumed>)             = 0',
      ],
      want: [
        { kind: 'truncate', ino: 7, length: 4 },
        { kind: 'sync', ino: 7 },
      ],
    },
    {
      name: 'a write through O_DSYNC at its place',
      lines: [
        `12 openat(AT_FDCWD<${hex('/')}>, "${hex('/d/x.jsonl')}", O_RDWR|O_DSYNC|O_NOFOLLOW) = ${at(9, 'x.jsonl')}`,
        `12 pwrite64(${at(9, 'x.jsonl')}, "${hex('zz')}", 2, 4) = 2`,
      ],
      want: [{ kind: 'write', ino: 7, at: 4, bytes: Buffer.from('zz'), isDurable: true }],
    },
    {
      name: 'names',
      lines: [
        `12 mkdir("${hex('/d/w')}", 0700) = 0`,
        `12 rename("${hex('/d/x.jsonl')}", "${hex('/d/w/x')}") = 0`,
        `12 fsync(5<${hex('/d/w')}>) = 0`,
        `12 unlink("${hex('/d/w/x')}") = 0`,
      ],
      want: [
        { kind: 'make-folder', path: 'w' },
        { kind: 'rename', from: 'x.jsonl', to: 'w/x' },
        { kind: 'sync-folder', path: 'w' },
        { kind: 'remove', path: 'w/x' },
      ],
    },
    {
      name: 'a receipt on a socket',
      lines: [`12 write(20<${hex('socket:[1]')}>, "${hex(`{"leafHash":"${receipt.leafHash}"}`)}", 99) = 99`],
      want: [{ kind: 'receipt', receipt }],
    },
    { name: 'a failure', lines: [`12 fdatasync(${at(5, 'x.jsonl')}) = -1 EIO (Input/output error)`], want: [] },
    { name: 'another folder', lines: [`12 fsync(5<${hex('/etc/x')}>) = 0`], want: [] },
  ]
  for (const { name, lines, want } of cases) it(name, () => expect(read(lines).events).toMatchObject(want))
})
