// The disk of a machine that loses its power. Killing QEMU loses what the guest held in its memory and nothing more, whatever
// its cache mode: what the guest wrote is in the memory of this machine, which lives on. So it writes to a disk that keeps a
// diary, and what it did not flush may be lost as well. Between two boots the disk is an image, mounted here.
import fs from 'node:fs'
import path from 'node:path'
import { buildImage, DiaryDisk, readDiary, untilUnflushed } from './diary-disk.ts'
import { MountedDisk, must } from './mounted-disk.ts'
import { type CutWay, survivors } from './surviving-writes.ts'

export class GuestDisk {
  readonly #image: string
  readonly #mounted: MountedDisk
  /** What stands in for the image while a machine has it. */
  #diary: DiaryDisk | undefined

  /** Formats an image of its own. */
  constructor(image: string) {
    this.#image = image
    buildImage(image, [])
    this.#mounted = MountedDisk.make({ kind: 'ext4', image })
    this.#mounted.unmount()
  }

  /** The data folder, while it is mounted here. */
  get folder(): string {
    return path.join(this.#mounted.folder, 'data')
  }

  /** Puts it into a machine, as the file that is returned. */
  plugIn(): string {
    this.#diary = new DiaryDisk()
    const { file } = this.#diary
    must('dd', [`if=${this.#image}`, `of=${file}`, 'bs=64K', 'conv=sparse,notrunc,fsync', 'status=none'])
    return file
  }

  /** Resolves as soon as the machine has written what it has not flushed, or when so much time has passed. */
  async untilUnflushed(patienceMs: number): Promise<void> {
    await untilUnflushed(this.#plugged.log, patienceMs)
  }

  /** Takes it out of a machine that has lost its power, and mounts it as the next one would; how many writes it lost. */
  pullOut(way: CutWay, random: () => number): number {
    const diary = readDiary(this.#plugged.log)
    this.#plugged.remove()
    const left = survivors(diary, way, random)
    buildImage(this.#image, left)
    this.#mounted.mount()
    const written = new Set(diary.filter(({ kind }) => kind === 'write'))
    for (const entry of left) written.delete(entry)
    return written.size
  }

  /** Nobody here looks at it any more. */
  leave(): void {
    this.#mounted.unmount()
  }

  get #plugged(): DiaryDisk {
    if (this.#diary === undefined) throw new Error('no machine has this disk')
    return this.#diary
  }

  remove(): void {
    this.#diary?.remove()
    this.#mounted.remove()
    fs.rmSync(this.#image, { force: true })
  }
}
