// An ext4 on a disk that keeps a diary and can be told to fail.
import { DiaryDisk } from './diary-disk.ts'
import { MountedDisk } from './mounted-disk.ts'

export class BlockDevice {
  readonly disk: MountedDisk
  readonly #device = new DiaryDisk()

  /** Serves the disk, formats it and mounts it. */
  constructor() {
    this.disk = MountedDisk.make({ kind: 'ext4', image: this.#device.file })
  }

  get log(): string {
    return this.#device.log
  }

  /** From now on every write is refused with EIO. */
  fail(): void {
    this.#device.fail()
  }

  work(): void {
    this.#device.work()
  }

  remove(): void {
    this.disk.remove()
    this.#device.remove()
  }
}
