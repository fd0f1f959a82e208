// Reading a range of a ledger's bytes without blocking the event loop.
import fs from 'node:fs'

/**
 * Up to `length` bytes from `start`; shorter at the end of the file. They are read into `into` where it is long enough, and
 * then lie there for as long as its owner leaves it alone; else into a buffer that is the caller's own.
 */
export async function readRange(fd: number, start: number, length: number, into?: Buffer): Promise<Buffer> {
  const target = into !== undefined && into.length >= length ? into.subarray(0, length) : Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const count = await readSome(fd, target, done, start + done)
    if (count === 0) break
    done += count
  }
  return target.subarray(0, done)
}

function readSome(fd: number, target: Buffer, at: number, position: number): Promise<number> {
  return new Promise((resolve, reject) =>
    fs.read(fd, target, at, target.length - at, position, (error, count) =>
      error === null ? resolve(count) : reject(error),
    ),
  )
}
