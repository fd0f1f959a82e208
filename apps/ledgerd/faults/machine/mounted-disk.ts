// File systems of a suite's own: ext4, xfs and btrfs on loop devices, tmpfs. Whatever is mounted here is unmounted and detached when
// the suite ends, however that ends.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { compile } from './native.ts'

export type DiskKind = 'ext4' | 'xfs' | 'btrfs'

export interface DiskOptions {
  readonly kind: DiskKind
  /** For mkfs. */
  readonly formatArgs?: readonly string[]
}

export interface Mounted {
  /** The mount point. */
  readonly folder: string
  remove(): void
}

const quietFormat: Readonly<Record<DiskKind, readonly string[]>> = {
  ext4: ['-q', '-F'],
  xfs: ['-q', '-f'],
  btrfs: ['-q', '-f'],
}
/** A process that was just killed may hold its files a moment longer. */
const unmountTries = 250
const unmountPauseMs = 20

const mounted = new Set<Mounted>()
const removeAll = (): void => {
  for (const one of mounted) one.remove()
}
afterAll(removeAll)
process.on('exit', removeAll)

/** A disk that can lose its power. */
export class MountedDisk implements Mounted {
  readonly folder: string
  readonly #root: string
  readonly #device: string

  private constructor(root: string, device: string) {
    this.#root = root
    this.#device = device
    this.folder = path.join(root, 'mount')
  }

  /** Formats and mounts a sparse image of this size, or the image that is given. */
  static make({
    kind,
    formatArgs = [],
    ...which
  }: DiskOptions & ({ sizeMb: number } | { image: string })): MountedDisk {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-disk-'))
    const image = 'image' in which ? which.image : path.join(root, 'image')
    if ('sizeMb' in which) {
      fs.writeFileSync(image, '')
      fs.truncateSync(image, which.sizeMb * 2 ** 20)
    }
    must(`mkfs.${kind}`, [...quietFormat[kind], ...formatArgs, image])
    return MountedDisk.#attach(root, image)
  }

  /** Mounts an image as a machine does that boots after a power cut. */
  static boot(image: string): MountedDisk {
    return MountedDisk.#attach(fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-disk-')), image)
  }

  static #attach(root: string, image: string): MountedDisk {
    const disk = new MountedDisk(root, must('losetup', ['--find', '--show', '--direct-io=on', image]).trim())
    fs.mkdirSync(disk.folder)
    mounted.add(disk)
    disk.mount()
    fs.chmodSync(disk.folder, 0o700)
    return disk
  }

  mount(): void {
    must('mount', [this.#device, this.folder])
  }

  /** Really unmounts, so that nothing of it stays in memory. Throws while someone holds a file. */
  unmount(): void {
    for (let tries = 1; ; tries++) {
      const { status, stderr } = spawnSync('umount', [this.folder], { encoding: 'utf8' })
      if (status === 0) return
      if (tries === unmountTries) throw new Error(`umount: ${stderr}`)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, unmountPauseMs)
    }
  }

  /** The power goes: what is not on the disk is gone. The journal may be written first, which keeps names and loses data. */
  goDown(journal: 'lost' | 'flushed'): void {
    must(compile('go-down'), journal === 'lost' ? [this.folder] : [this.folder, 'flush-journal'])
  }

  /** The power comes back: the file system's own recovery runs. Whoever used it is gone. */
  comeBack(): void {
    this.unmount()
    this.mount()
  }

  /** The kernel takes the file system for damaged, as after an error of its own books. */
  reportError(): void {
    fs.writeFileSync(`/sys/fs/ext4/${path.basename(this.#device)}/trigger_fs_error`, 'a test')
  }

  /** What an operator does then. */
  mend(): void {
    this.unmount()
    spawnSync('e2fsck', ['-f', '-y', this.#device])
    this.mount()
  }

  remove(): void {
    if (!mounted.delete(this)) return
    spawnSync('umount', [this.folder])
    spawnSync('umount', ['--lazy', this.folder])
    spawnSync('losetup', ['--detach', this.#device])
    fs.rmSync(this.#root, { recursive: true, force: true })
  }
}

/** A tmpfs of this size. */
export function mountTmpfs(sizeMb: number): Mounted {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-tmpfs-'))
  must('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=0700`, 'none', folder])
  const tmpfs: Mounted = {
    folder,
    remove: () => {
      if (!mounted.delete(tmpfs)) return
      spawnSync('umount', [folder])
      spawnSync('umount', ['--lazy', folder])
      fs.rmdirSync(folder)
    },
  }
  mounted.add(tmpfs)
  return tmpfs
}

/** Runs a program; its stdout. Throws with what it said. */
export function must(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`)
  return stdout
}
