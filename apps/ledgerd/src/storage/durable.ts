// Making names and small files durable: what POSIX asks for beyond fsync of the file itself (reliability: Node, libuv and
// file systems). Synchronous: these run at open, create and repair, never per commit.
import fs from 'node:fs'
import path from 'node:path'

/** fsync of a folder, so that the names in it survive a power cut. */
export function syncFolder(folder: string): void {
  const fd = fs.openSync(folder, fs.constants.O_RDONLY)
  try {
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

/** Makes a folder and every missing one above it, mode 0700, each made durable in its parent. */
export function makeFolder(folder: string): void {
  if (fs.existsSync(folder)) return
  const parent = path.dirname(folder)
  makeFolder(parent)
  try {
    fs.mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  syncFolder(parent)
}

/** Replaces or creates a file so that a crash leaves the old or the new content, never a mixture. Mode 0600. */
export function writeFileDurably(file: string, content: Uint8Array | string): void {
  const temporary = `${file}.new`
  fs.rmSync(temporary, { force: true })
  fs.writeFileSync(temporary, content, { mode: 0o600, flush: true, flag: 'wx' })
  fs.renameSync(temporary, file)
  syncFolder(path.dirname(file))
}

/** Appends a line to a log beside the ledger and syncs it. */
export function appendLineDurably(file: string, line: string): void {
  const isNew = !fs.existsSync(file)
  fs.writeFileSync(file, `${line}\n`, { mode: 0o600, flush: true, flag: 'a' })
  if (isNew) syncFolder(path.dirname(file))
}

/** All of a file; undefined when it is not there. One that cannot be looked at is not missing: the error is thrown. */
export function readIfThere(file: string): Buffer | undefined {
  try {
    return fs.readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Reads exactly `length` bytes at `offset`, or what there is. */
export function readAt(fd: number, offset: number, length: number): Buffer {
  const target = Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const count = fs.readSync(fd, target, done, length - done, offset + done)
    if (count === 0) break
    done += count
  }
  return target.subarray(0, done)
}
