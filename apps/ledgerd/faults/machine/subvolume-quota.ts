// A subvolume of btrfs as a disk of a suite's own, and the quota of it: the one quota that binds every user, root included.
import fs from 'node:fs'
import path from 'node:path'
import type { RoomTaker } from './fill-disk.ts'
import { type Mounted, MountedDisk, must } from './mounted-disk.ts'

/** The smallest nodes: what btrfs sets aside for its own books, many nodes for one written block, counts for the quota too. */
const formatArgs = ['--nodesize', '4096', '--metadata', 'single']

/** A subvolume with nothing on it, on a disk that counts for quotas. */
export function mountSubvolume(sizeMb: number): Mounted {
  const disk = MountedDisk.make({ kind: 'btrfs', sizeMb, formatArgs })
  const folder = path.join(disk.folder, 'subvolume')
  must('btrfs', ['subvolume', 'create', folder])
  must('btrfs', ['quota', 'enable', disk.folder])
  fs.chmodSync(folder, 0o700)
  return { folder, remove: () => disk.remove() }
}

/** Lowers and raises the limit of a subvolume, as an operator does. */
export class SubvolumeQuota implements RoomTaker {
  readonly #folder: string
  /** The limit is set from outside: inside, setting it would itself be refused once the quota is used up. */
  readonly #parent: string
  readonly #group: string

  constructor({ folder }: Mounted) {
    this.#folder = folder
    this.#parent = path.dirname(folder)
    this.#group = `0/${must('btrfs', ['inspect-internal', 'rootid', folder]).trim()}`
  }

  /** Leaves about this much room: for the blocks that are written, and for what btrfs sets aside to write them. */
  fillTo(roomBytes: number): void {
    // What is used is known once all of it is on the disk.
    must('btrfs', ['filesystem', 'sync', this.#folder])
    this.#limit(String(this.#usedBytes() + roomBytes))
  }

  empty(): void {
    this.#limit('none')
  }

  #limit(bytes: string): void {
    must('btrfs', ['qgroup', 'limit', bytes, this.#group, this.#parent])
  }

  #usedBytes(): number {
    const table = must('btrfs', ['qgroup', 'show', '--raw', '-f', this.#folder])
    const row = table.split('\n').find((line) => line.startsWith(`${this.#group} `))
    if (row === undefined) throw new Error(`${this.#group} is not in the table of quota groups: ${table}`)
    return Number(row.split(/\s+/)[1])
  }
}
