// A head record whose sync failed is in the cache and nowhere else, however often it is synced again. The next holder of the
// ledger reads it there, and must not write over the last record that is durable before it is.
import { mount } from '../faults/memory-doors.ts'
import path from 'node:path'
import { CrashDisk, type DiskOp, type FolderImage, MemoryDisk, memoryRoot } from '@ledgerd/testkit'
import { describe, expect, it } from 'vitest'
import { HeadFile } from '../src/storage/head-file.ts'
import { type HeadRecord, newestHead } from '../src/storage/head-record.ts'

const hash = '0'.repeat(64)
const first: HeadRecord = { v: 1, epoch: 1, n: 1, count: 0, bytes: 0, root: hash, groupStart: 0, groupHash: hash }
const second: HeadRecord = { ...first, n: 2, count: 1, bytes: 100 }
const third: HeadRecord = { ...second, epoch: 2, n: 3 }

const failures = [
  { name: 'its own', secondSync: 'head', call: 'write' },
  { name: 'one that trails', secondSync: 'same', call: 'fdatasync' },
] as const

describe.each(failures)('a failed sync of a head record, $name', ({ secondSync, call }) => {
  it('leaves the one before until the next holder has made it durable', async () => {
    const empty: FolderImage = new Map([['sidecar', 'folder']])
    const disk = new MemoryDisk(empty)
    const crash = new CrashDisk(empty, new Map())
    const recorded: DiskOp[] = []
    disk.onOp = (op) => void recorded.push(op)
    mount.mount(disk)
    const sidecar = path.join(memoryRoot, 'sidecar')
    const head = HeadFile.begin(sidecar, first, secondSync)
    disk.onCall = (made) =>
      made.name === call ? { name: call, errno: 'EIO', isTaken: true, isLosing: true } : undefined
    const failed = async (): Promise<void> => {
      head.write(second)
      await head.sync()
    }
    await expect(failed()).rejects.toThrow('EIO')
    disk.onCall = undefined
    head.close()
    const before = recorded.splice(0)
    HeadFile.begin(sidecar, third, secondSync).close()

    for (const op of before) crash.apply(op)
    const seen: (number | undefined)[] = []
    for (const op of recorded) {
      seen.push(afterCut(crash, op))
      crash.apply(op)
    }
    expect(seen.length).toBeGreaterThan(1)
    expect(seen).not.toContain(undefined)
    expect(afterCut(crash, undefined)).toBe(3)
  })
})

/** The newest record on the disk when power goes within `op`: half of its bytes arrive, and nothing else unsynced does. */
function afterCut(crash: CrashDisk, op: DiskOp | undefined): number | undefined {
  const image = crash.image(crash.pendingNames, (ino) => {
    const durable = Buffer.from(crash.durableOf(ino))
    if (op?.kind === 'write' && op.ino === ino) op.bytes.copy(durable, op.at, 0, op.bytes.length / 2)
    return durable
  })
  const content = image.get('sidecar/head')
  return content instanceof Buffer ? newestHead(content)?.n : undefined
}
