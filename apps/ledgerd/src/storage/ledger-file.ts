// One ledger's file: an append descriptor that is the kernel lock's holder, a read descriptor, and the checks around
// every write that notice another writer before anything is synced (reliability: commit, one writer).
import fs from 'node:fs'
import path from 'node:path'
import { LedgerError } from '@ledgerd/schema/errors'
import { syncFolder } from './durable.ts'
import { fileSizeLimit } from './file-size-limit.ts'
import { StopSignal, stopOf, stopping } from './stop-signal.ts'

const { O_WRONLY, O_RDONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW } = fs.constants

export class LedgerFile {
  readonly path: string
  readonly appendFd: number
  readonly readFd: number
  readonly #dev: number
  readonly #ino: number
  /** Size and modification time as this writer left them; owned by the commit in flight. */
  #size: number
  #modifiedMs: number
  /** Someone else wrote or touched the file; stays true until a check of the content clears it. */
  #isTouched = false
  /** From this writer's write until its size check: the modification time says nothing meanwhile. */
  #isWriting = false

  private constructor(file: string, appendFd: number, readFd: number) {
    const stat = fs.fstatSync(appendFd)
    this.path = file
    this.appendFd = appendFd
    this.readFd = readFd
    this.#dev = stat.dev
    this.#ino = stat.ino
    this.#size = stat.size
    this.#modifiedMs = stat.mtimeMs
  }

  /** Opens an existing file. Throws LEDGER_NOT_FOUND. */
  static open(file: string): LedgerFile {
    try {
      return LedgerFile.#withReader(file, fs.openSync(file, O_WRONLY | O_APPEND | O_NOFOLLOW))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw new LedgerError('LEDGER_NOT_FOUND', 'no such ledger; the first append creates it', { cause: error })
      throw error
    }
  }

  /** Creates the file with its name durable. The folder exists. */
  static create(file: string): LedgerFile {
    const fd = fs.openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    return LedgerFile.#withReader(file, fd, () => {
      fs.fsyncSync(fd)
      syncFolder(path.dirname(file))
    })
  }

  /** Keeps the descriptor, after the step that makes it worth keeping, or closes it. */
  static #withReader(file: string, appendFd: number, first: () => void = () => {}): LedgerFile {
    try {
      first()
      return new LedgerFile(file, appendFd, fs.openSync(file, O_RDONLY | O_NOFOLLOW))
    } catch (error) {
      fs.closeSync(appendFd)
      throw error
    }
  }

  get size(): number {
    return this.#size
  }

  /** Size on disk right now, taken as this writer's own: after recovery, before the first commit. */
  settle(): void {
    const stat = fs.fstatSync(this.appendFd)
    this.#size = stat.size
    this.#modifiedMs = stat.mtimeMs
  }

  /**
   * The descriptor is still the file at that path, has one name and the size this writer gave it. Throws StopSignal. One
   * call answers all of it: the descriptor keeps its inode, so a path with the same number names the same file.
   */
  assertUntouched(): void {
    const named = fs.lstatSync(this.path, { throwIfNoEntry: false })
    if (named === undefined || named.ino !== this.#ino || named.dev !== this.#dev || named.nlink !== 1)
      throw new StopSignal(
        'file-replaced',
        "the file at the ledger's path is not the one that was opened, or has a second name",
      )
    if (named.size !== this.#size)
      throw new StopSignal('foreign-bytes', `the file has ${named.size} bytes, this writer left ${this.#size}`)
    if (named.mtimeMs !== this.#modifiedMs) this.#isTouched = true
  }

  /** What the check before the last commit saw. */
  get wasTouched(): boolean {
    return this.#isTouched
  }

  /** True if someone wrote into the file since this writer last did. A `touch` counts too: the content must be checked. */
  isTouched(): boolean {
    if (!this.#isWriting && fs.fstatSync(this.readFd).mtimeMs !== this.#modifiedMs) this.#isTouched = true
    return this.#isTouched
  }

  /** Takes the file as untouched from here on; called before the check that then reads it, so that a later touch shows. */
  forgetTouch(): void {
    this.#isTouched = false
    this.#modifiedMs = fs.fstatSync(this.readFd).mtimeMs
  }

  /** The check that followed `forgetTouch` could not be finished. */
  suspectTouch(): void {
    this.#isTouched = true
  }

  /** After a write of `length` bytes: exactly they were added. Throws StopSignal, without syncing. */
  assertGrown(length: number): void {
    const open = fs.fstatSync(this.appendFd)
    if (open.size !== this.#size + length)
      throw new StopSignal('foreign-bytes', `the file has ${open.size} bytes, expected ${this.#size + length}`)
    this.#size = open.size
    this.#modifiedMs = open.mtimeMs
    this.#isWriting = false
  }

  /** One write of all bytes at the end, on the event loop. Throws StopSignal. */
  append(bytes: Uint8Array): void {
    this.#isWriting = true
    stopping('write-failed', () =>
      this.#requireWhole(fs.writeSync(this.appendFd, bytes, 0, bytes.length, null), bytes.length),
    )
  }

  /** The same in the thread pool. The bytes belong to the kernel until it settles. */
  async appendInPool(bytes: Uint8Array): Promise<void> {
    this.#isWriting = true
    const written = await new Promise<number>((resolve, reject) =>
      fs.write(this.appendFd, bytes, 0, bytes.length, null, (error, count) =>
        error === null ? resolve(count) : reject(stopOf('write-failed', error)),
      ),
    )
    this.#requireWhole(written, bytes.length)
  }

  /**
   * A short count means that no more than these bytes had room, and does not say where. At the limit of this process for the
   * size of a file only an operator helps. Else it is a disk or a quota that became full, so recovery may try again by itself.
   */
  #requireWhole(written: number, length: number): void {
    if (written === length) return
    const seen = `${written} of ${length} bytes were written`
    const limit = fileSizeLimit()
    if (fs.fstatSync(this.appendFd).size >= limit)
      throw new StopSignal(
        'write-failed',
        `${seen}: files of this process may have ${limit} bytes (ulimit -f, LimitFSIZE)`,
      )
    throw new StopSignal('disk-full', `${seen}, as when a disk or quota is full`)
  }

  /** Makes what was appended durable, on the event loop. Throws StopSignal. */
  sync(): void {
    stopping('sync-failed', () => fs.fdatasyncSync(this.appendFd))
  }

  /** The same in the thread pool. */
  syncInPool(): Promise<void> {
    return new Promise((resolve, reject) =>
      fs.fdatasync(this.appendFd, (error) => (error === null ? resolve() : reject(stopOf('sync-failed', error)))),
    )
  }

  close(): void {
    fs.closeSync(this.readFd)
    fs.closeSync(this.appendFd)
  }
}
