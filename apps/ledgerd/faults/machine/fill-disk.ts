// Fills a file system to within some bytes, as another program does that knows nothing of ledgers, and empties it again.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

/** Whatever takes the room of a ledger's disk away, and gives it back. */
export interface RoomTaker {
  /** Leaves about this much. */
  fillTo(roomBytes: number): void
  empty(): void
}

const tries = 8

export class Filler implements RoomTaker {
  readonly #folder: string

  /** `folder` lies on the file system. */
  constructor(folder: string) {
    this.#folder = path.join(folder, 'filler')
  }

  /** Leaves about this much room, in whole blocks. */
  fillTo(roomBytes: number): void {
    fs.mkdirSync(this.#folder, { recursive: true })
    for (let at = 0; at < tries; at++) {
      const excess = freeBytes(this.#folder) - roomBytes
      if (excess <= 0) return
      // Takes what it can get: a file system needs some of the room for its own books.
      spawnSync('fallocate', ['--length', String(excess), path.join(this.#folder, `bytes-${at}`)])
    }
  }

  /** Takes inodes until this many are left. */
  fillInodesTo(left: number): void {
    fs.mkdirSync(this.#folder, { recursive: true })
    const { ffree } = fs.statfsSync(this.#folder)
    for (let at = 0; at < ffree - left; at++) fs.writeFileSync(path.join(this.#folder, `inode-${at}`), '')
  }

  empty(): void {
    fs.rmSync(this.#folder, { recursive: true, force: true })
  }
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = fs.statfsSync(folder)
  return bavail * bsize
}
