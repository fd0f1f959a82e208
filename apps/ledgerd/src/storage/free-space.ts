// Room left on the disk of the data folder.
import fs from 'node:fs'

/** Bytes that this user may still write. */
export function freeBytesOf(folder: string): number {
  const { bavail, bsize } = fs.statfsSync(folder)
  return bavail * bsize
}
