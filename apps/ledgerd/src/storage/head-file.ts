// The file that holds the head record: made at its full size by each epoch, written with O_DSYNC, so that one call is write
// and sync. Where the second sync is not the head record's, it trails: each record goes to the cache, into one slot, and the
// other keeps the last that is durable. The file of an earlier epoch is replaced, never written: a sync of it may have failed.
import fs from 'node:fs'
import path from 'node:path'
import type { SecondSync } from '../config.ts'
import { readAt, readIfThere, writeFileDurably } from './durable.ts'
import {
  formatHead,
  type HeadRecord,
  headFileBytes,
  newestHead,
  slotBytes,
  slotOf,
  slotOffsets,
} from './head-record.ts'
import { StopSignal, stopOf, stopping } from './stop-signal.ts'

const { O_RDWR, O_DSYNC, O_NOFOLLOW } = fs.constants

/** A record that trails is synced before its group is done when so many bytes would lie above the last that was. */
export const trailBytesMax: number = 8 << 20

/** Scratch for the check before each commit, which waits for nothing: one serves all ledgers. */
const seen: Buffer = Buffer.alloc(headFileBytes)

/** The newest record of a ledger's head file; undefined when there is no file or no valid slot. */
export function readHead(sidecar: string): HeadRecord | undefined {
  const content = readIfThere(path.join(sidecar, 'head'))
  return content === undefined ? undefined : newestHead(content)
}

export class HeadFile {
  readonly path: string
  readonly fd: number
  readonly secondSync: SecondSync
  readonly #ino: number
  /** What the two slots hold by this writer's knowledge; owned by the commit in flight. */
  readonly #slots: [Buffer, Buffer]
  #record: HeadRecord
  /** The last that is known to be durable. */
  #synced: HeadRecord
  /** The last that was given to a write. */
  #takenN: number

  private constructor(file: string, fd: number, record: HeadRecord, secondSync: SecondSync) {
    this.path = file
    this.fd = fd
    this.secondSync = secondSync
    this.#ino = fs.fstatSync(fd).ino
    const content = readAt(fd, 0, headFileBytes)
    this.#slots = [slotBytesOf(content, 0), slotBytesOf(content, 1)]
    this.#record = record
    this.#synced = record
    this.#takenN = record.n
  }

  /**
   * Begins an epoch: puts a new file with `next` in place, durably. The record before may be in the cache alone, however often
   * it is synced again, if its first sync failed; and where it lies in the old file is next to the last that is durable.
   */
  static begin(sidecar: string, next: HeadRecord, secondSync: SecondSync): HeadFile {
    const file = path.join(sidecar, 'head')
    const record = markedFor(secondSync, next)
    const content = Buffer.alloc(headFileBytes)
    formatHead(record).copy(content, slotOffsets[slotOf(record.n)])
    writeFileDurably(file, content)
    const fd = fs.openSync(file, O_RDWR | O_NOFOLLOW | (secondSync === 'head' ? O_DSYNC : 0))
    try {
      return new HeadFile(file, fd, record, secondSync)
    } catch (error) {
      fs.closeSync(fd)
      throw error
    }
  }

  get record(): HeadRecord {
    return this.#record
  }

  /** The record that stands is not durable yet. */
  get isTrailing(): boolean {
    return this.#record !== this.#synced
  }

  /** The number of the next record. One that trails gives its slot to its successor: the other holds what is durable. */
  get nextN(): number {
    return this.#record.n + (this.isTrailing ? 2 : 1)
  }

  /** The head file is the inode that was opened and nobody has written into it. Throws StopSignal. */
  assertOwned(): void {
    const named = fs.lstatSync(this.path, { throwIfNoEntry: false })
    if (named === undefined || named.ino !== this.#ino) throw this.#replaced()
    fs.readSync(this.fd, seen, 0, headFileBytes, 0)
    for (const slot of [0, 1] as const) {
      const at = slotOffsets[slot]
      if (this.#slots[slot].compare(seen, at, at + slotBytes) !== 0) throw superseded()
    }
  }

  /** By another daemon, as every epoch begins, or by somebody else. */
  #replaced(): StopSignal {
    const epoch = readHead(path.dirname(this.path))?.epoch ?? 0
    return epoch > this.#record.epoch ? superseded() : new StopSignal('file-replaced', 'the head record was replaced')
  }

  /** Writes the next record on the event loop. Throws StopSignal. */
  write(record: HeadRecord): void {
    stopping('sync-failed', () => {
      this.#writeSync(record)
      if (this.#trailsTooFar()) {
        fs.fdatasyncSync(this.fd)
        this.#synced = record
      }
    })
  }

  /** The same in the thread pool. */
  async writeInPool(record: HeadRecord): Promise<void> {
    const slot = this.#take(record)
    const written = await new Promise<number>((resolve, reject) => {
      fs.write(this.fd, slot, 0, slotBytes, slotOffsets[slotOf(record.n)], (error, count) =>
        error === null ? resolve(count) : reject(stopOf('sync-failed', error)),
      )
    })
    if (written !== slotBytes)
      throw new StopSignal('write-failed', `the head record was written short: ${written} bytes`)
    this.#settle(record)
    if (this.#trailsTooFar()) await this.sync()
  }

  /** Makes the record that stands durable, in the thread pool; one written meanwhile goes on trailing. Throws StopSignal. */
  async sync(): Promise<void> {
    const record = this.#record
    await new Promise<void>((resolve, reject) =>
      fs.fdatasync(this.fd, (error) => (error === null ? resolve() : reject(stopOf('sync-failed', error)))),
    )
    if (this.#takenN === record.n) this.#synced = record
  }

  #writeSync(record: HeadRecord): void {
    const slot = this.#take(record)
    const written = fs.writeSync(this.fd, slot, 0, slotBytes, slotOffsets[slotOf(record.n)])
    if (written !== slotBytes)
      throw new StopSignal('write-failed', `the head record was written short: ${written} bytes`)
    this.#settle(record)
  }

  #take(record: HeadRecord): Buffer {
    const slot = formatHead(record)
    this.#slots[slotOf(record.n)] = slot
    this.#takenN = record.n
    return slot
  }

  #settle(record: HeadRecord): void {
    this.#record = record
    if (this.secondSync === 'head') this.#synced = record
  }

  #trailsTooFar(): boolean {
    return this.#record.bytes - this.#synced.bytes >= trailBytesMax
  }

  close(): void {
    fs.closeSync(this.fd)
  }
}

function superseded(): StopSignal {
  return new StopSignal('epoch-superseded', 'another writer has begun an epoch of its own in the head record')
}

function slotBytesOf(content: Buffer, slot: 0 | 1): Buffer {
  return Buffer.from(content.subarray(slotOffsets[slot], slotOffsets[slot] + slotBytes))
}

/** Whether it trails is said by each record: recovery must know it of the daemon before, not of its own. */
function markedFor(secondSync: SecondSync, record: HeadRecord): HeadRecord {
  if (secondSync !== 'head') return { ...record, trails: true }
  const { trails, ...unmarked } = record
  return trails === undefined ? record : unmarked
}
