import { describe, expect, it } from 'vitest'
import { CrashDisk } from './crash-disk.ts'
import type { DiskOp } from './disk-op.ts'

const write = (at: number, text: string): DiskOp => ({
  kind: 'write',
  ino: 1,
  at,
  bytes: Buffer.from(text),
  isDurable: false,
})
const sync: DiskOp = { kind: 'sync', ino: 1 }
const lose: DiskOp = { kind: 'lose', ino: 1 }

const runs = [
  { name: 'a write alone', ops: [write(0, 'new')], want: 'old.' },
  { name: 'a write and a sync', ops: [write(0, 'new'), sync], want: 'new.' },
  { name: 'a write that a failed sync threw away', ops: [write(0, 'new'), lose], want: 'old.' },
  { name: 'the same, and a sync that succeeds', ops: [write(0, 'new'), lose, sync], want: 'old.' },
  { name: 'the same, written again before it', ops: [write(0, 'new'), lose, write(0, 'new'), sync], want: 'new.' },
  { name: 'the same, with another byte written', ops: [write(0, 'new'), lose, write(3, '!'), sync], want: 'old!' },
  {
    name: 'new blocks that a failed sync threw away, written again',
    ops: [write(4, 'more'), lose, write(4, 'more'), sync],
    want: 'old.\0\0\0\0',
  },
  {
    name: 'the same, cut back before',
    ops: [write(4, 'more'), lose, { kind: 'truncate', ino: 1, length: 4 } as const, write(4, 'more'), sync],
    want: 'old.more',
  },
]

describe('what is certain to survive', () => {
  it.each(runs)('$name', ({ ops, want }) => {
    const disk = new CrashDisk(new Map([['x', Buffer.from('old.')]]), new Map([['x', 1]]))
    for (const op of ops) disk.apply(op)
    expect(disk.durableOf(1).toString()).toBe(want)
  })
})

describe('names', () => {
  const made: DiskOp[] = [
    { kind: 'make-folder', path: 'a' },
    { kind: 'create', path: 'a/x', ino: 2 },
  ]
  const syncs = [
    { name: 'none', folders: [], want: [] },
    { name: 'of the folder alone', folders: ['a'], want: [] },
    { name: 'of the folder above alone', folders: [''], want: ['a'] },
    { name: 'of both', folders: ['', 'a'], want: ['a', 'a/x'] },
    { name: 'of both, the one above last', folders: ['a', ''], want: ['a', 'a/x'] },
  ]
  it.each(syncs)('survive by syncs: $name', ({ folders, want }) => {
    const disk = new CrashDisk(new Map(), new Map())
    for (const op of made) disk.apply(op)
    for (const path of folders) disk.apply({ kind: 'sync-folder', path })
    expect([...disk.image([], (ino) => disk.durableOf(ino)).keys()]).toEqual(want)
  })
})
