import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SecondSync } from '../config.ts'
import { HeadFile, readHead, trailBytesMax } from './head-file.ts'
import { type HeadRecord, parseSlot, slotBytes, slotOffsets } from './head-record.ts'

const hash = '1'.repeat(64)
const first: HeadRecord = { v: 1, epoch: 1, n: 1, count: 0, bytes: 0, root: hash, groupStart: 0, groupHash: hash }

let folder: string
let head: HeadFile | undefined

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-head-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  head?.close()
  head = undefined
  fs.rmSync(folder, { recursive: true })
})

function begin(secondSync: SecondSync, record: HeadRecord = first): HeadFile {
  head?.close()
  head = HeadFile.begin(folder, record, secondSync)
  return head
}

/** The record behind `bytes` more bytes. */
const nextOf = (file: HeadFile, bytes = 100): HeadRecord => {
  const { record, nextN } = file
  return { ...record, n: nextN, count: record.count + 1, bytes: record.bytes + bytes }
}

describe('a head file that cannot be looked at', () => {
  it('is not taken for one that is missing: the ledger would go on without it', () => {
    fs.symlinkSync('head', path.join(folder, 'head'))
    expect(() => readHead(folder)).toThrow('ELOOP')
    fs.rmSync(path.join(folder, 'head'))
    expect(readHead(folder)).toBeUndefined()
  })
})

/** What each slot holds now. */
function slots(): (number | undefined)[] {
  const content = fs.readFileSync(path.join(folder, 'head'))
  return slotOffsets.map((at) => parseSlot(content.subarray(at, at + slotBytes))?.n)
}

const ways = [
  { name: 'on the event loop', write: async (file: HeadFile, record: HeadRecord) => file.write(record) },
  { name: 'in the pool', write: (file: HeadFile, record: HeadRecord) => file.writeInPool(record) },
]

describe.each(ways)('records written $name', ({ write }) => {
  const modes: { secondSync: SecondSync; ns: number[]; isTrailing: boolean }[] = [
    { secondSync: 'head', ns: [2, 3, 4, 5], isTrailing: false },
    { secondSync: 'same', ns: [2, 4, 6, 8], isTrailing: true },
    { secondSync: 'none', ns: [2, 4, 6, 8], isTrailing: true },
  ]
  it.each(modes)('take turns unless they trail: $secondSync', async ({ secondSync, ns, isTrailing }) => {
    const file = begin(secondSync)
    const written: number[] = []
    for (let n = 0; n < 4; n++) {
      await write(file, nextOf(file))
      written.push(file.record.n)
      file.assertOwned()
    }
    expect([written, file.isTrailing]).toEqual([ns, isTrailing])
    expect(readHead(folder)).toEqual(file.record)
    expect(readHead(folder)?.trails).toBe(isTrailing ? true : undefined)
  })

  it('that trail leave the last durable one alone, which changes with each sync', async () => {
    const file = begin('same')
    await write(file, nextOf(file))
    await write(file, nextOf(file))
    expect(slots()).toEqual([4, 1])
    await file.sync()
    expect(file.isTrailing).toBe(false)
    await write(file, nextOf(file))
    await write(file, nextOf(file))
    expect(slots()).toEqual([4, 7])
  })

  it('go on trailing when they come during a sync', async () => {
    const file = begin('same')
    await write(file, nextOf(file))
    const synced = file.sync()
    await write(file, nextOf(file))
    await synced
    expect(file.isTrailing).toBe(true)
    await write(file, nextOf(file))
    expect(slots()).toEqual([6, 1])
  })

  it('are synced by themselves before too much lies above the durable one', async () => {
    const file = begin('same')
    await write(file, nextOf(file, trailBytesMax - 1))
    expect(file.isTrailing).toBe(true)
    await write(file, nextOf(file, 1))
    expect(file.isTrailing).toBe(false)
    await write(file, nextOf(file))
    expect(slots()).toEqual([4, 5])
  })
})

describe('an epoch', () => {
  const befores: { name: string; before: SecondSync; now: SecondSync; trails: true | undefined }[] = [
    { name: 'behind a record that was synced', before: 'head', now: 'head', trails: undefined },
    { name: 'of one that trails', before: 'head', now: 'same', trails: true },
    { name: 'behind one that trails', before: 'same', now: 'same', trails: true },
    { name: 'that waits again', before: 'same', now: 'head', trails: undefined },
  ]
  it.each(befores)('$name has a file of its own, durable at once', ({ before, now, trails }) => {
    const old = begin(before)
    old.write(nextOf(old))
    const file = HeadFile.begin(folder, { ...old.record, epoch: 2, n: old.record.n + 1 }, now)
    expect(slots()).toEqual([undefined, 3])
    expect([file.isTrailing, readHead(folder)?.trails]).toEqual([false, trails])
    file.close()
    old.write(nextOf(old))
    expect(readHead(folder)).toMatchObject({ epoch: 2, n: 3 })
    expect(() => old.assertOwned()).toThrow(expect.objectContaining({ reason: 'epoch-superseded' }))
  })
})
