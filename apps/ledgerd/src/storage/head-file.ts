// The file that holds the head record: created once at its full size, written with O_DSYNC, so that one call is write and
// sync. A head file without a valid slot is replaced, never written: its first sync may have failed.
import fs from 'node:fs'
import path from 'node:path'
import type { SecondSync } from '../config.ts'
import { readAt, writeFileDurably } from './durable.ts'
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

/** Scratch for the check before each commit, which waits for nothing: one serves all ledgers. */
const seen: Buffer = Buffer.alloc(headFileBytes)

/** The newest record of a ledger's head file; undefined when there is no file or no valid slot. */
export function readHead(sidecar: string): HeadRecord | undefined {
  const file = path.join(sidecar, 'head')
  if (!fs.existsSync(file)) return undefined
  return newestHead(fs.readFileSync(file))
}

export class HeadFile {
  readonly path: string
  readonly fd: number
  readonly #ino: number
  /** What the two slots hold by this writer's knowledge; owned by the commit in flight. */
  readonly #slots: [Buffer, Buffer]
  #record: HeadRecord

  private constructor(file: string, fd: number, record: HeadRecord) {
    this.path = file
    this.fd = fd
    this.#ino = fs.fstatSync(fd).ino
    const content = readAt(fd, 0, headFileBytes)
    this.#slots = [slotBytesOf(content, 0), slotBytesOf(content, 1)]
    this.#record = record
  }

  /** Begins an epoch: writes `record` durably, into a new file when there is none with a valid slot. */
  static begin(sidecar: string, record: HeadRecord, secondSync: SecondSync): HeadFile {
    const file = path.join(sidecar, 'head')
    const isUsable = readHead(sidecar) !== undefined
    if (!isUsable) {
      const content = Buffer.alloc(headFileBytes)
      formatHead(record).copy(content, slotOffsets[slotOf(record.n)])
      writeFileDurably(file, content)
    }
    const fd = fs.openSync(file, O_RDWR | O_NOFOLLOW | (secondSync === 'head' ? O_DSYNC : 0))
    try {
      const head = new HeadFile(file, fd, record)
      if (isUsable) {
        head.#writeSync(record)
        fs.fdatasyncSync(fd)
      }
      return head
    } catch (error) {
      fs.closeSync(fd)
      throw error
    }
  }

  get record(): HeadRecord {
    return this.#record
  }

  /** The head file is the inode that was opened and nobody has written into it. Throws StopSignal. */
  assertOwned(): void {
    const named = fs.lstatSync(this.path, { throwIfNoEntry: false })
    if (named === undefined || named.ino !== this.#ino)
      throw new StopSignal('file-replaced', 'the head record was replaced')
    fs.readSync(this.fd, seen, 0, headFileBytes, 0)
    for (const slot of [0, 1] as const) {
      const at = slotOffsets[slot]
      if (this.#slots[slot].compare(seen, at, at + slotBytes) !== 0)
        throw new StopSignal('epoch-superseded', 'another writer has begun an epoch of its own in the head record')
    }
  }

  /** Writes the next record on the event loop. Throws StopSignal. */
  write(record: HeadRecord): void {
    stopping('sync-failed', () => this.#writeSync(record))
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
    this.#record = record
  }

  #writeSync(record: HeadRecord): void {
    const slot = this.#take(record)
    const written = fs.writeSync(this.fd, slot, 0, slotBytes, slotOffsets[slotOf(record.n)])
    if (written !== slotBytes)
      throw new StopSignal('write-failed', `the head record was written short: ${written} bytes`)
    this.#record = record
  }

  #take(record: HeadRecord): Buffer {
    const slot = formatHead(record)
    this.#slots[slotOf(record.n)] = slot
    return slot
  }

  close(): void {
    fs.closeSync(this.fd)
  }
}

function slotBytesOf(content: Buffer, slot: 0 | 1): Buffer {
  return Buffer.from(content.subarray(slotOffsets[slot], slotOffsets[slot] + slotBytes))
}
