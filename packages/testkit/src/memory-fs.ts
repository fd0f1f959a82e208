// The face of `node:fs` over disks in memory: paths below `memoryRoot` and descriptors opened there go to the mounted
// disk, everything else to the real module. For suites that mock `node:fs` under the daemon's own storage code.
import type fs from 'node:fs'
import { diskError, type MemoryDisk, type MemoryNode, type OpenWish } from './memory-disk.ts'

/** Where the disk in memory appears. Nothing is there on a real machine. */
export const memoryRoot = '/ledgerd-memory-disk'

type Fs = typeof fs
type Failure = (error: NodeJS.ErrnoException | null) => void

/** A disk at `memoryRoot`, to be exchanged between crashes. */
export class MemoryMount {
  #disk: MemoryDisk | undefined

  /** Puts a disk in place; descriptors of the one before are gone, as after a crash. */
  mount(disk: MemoryDisk): void {
    this.#disk = disk
  }

  /** The kernel lock of a descriptor; undefined when it is no descriptor of this disk. */
  lock(fd: number): boolean | undefined {
    return this.#disk?.has(fd) === true ? this.#disk.lock(fd) : undefined
  }

  /** The module to give out in the place of `real`. */
  face(real: Fs): Fs {
    const disk = (): MemoryDisk => {
      if (this.#disk === undefined) throw new Error('no disk is mounted')
      return this.#disk
    }
    const isHere = (place: unknown): boolean =>
      typeof place === 'number'
        ? this.#disk?.has(place) === true
        : typeof place === 'string' && (place === memoryRoot || place.startsWith(`${memoryRoot}/`))
    const calls: Record<string, unknown> = { ...descriptorCalls(disk, real), ...nameCalls(disk, real) }
    const face: Record<string, unknown> = { ...real }
    for (const [name, call] of Object.entries(calls)) {
      const there = (real as unknown as Record<string, unknown>)[name] as (...args: unknown[]) => unknown
      const here = call as (...args: unknown[]) => unknown
      face[name] = (...args: unknown[]): unknown => (isHere(args[0]) ? here(...args) : there(...args))
    }
    return face as unknown as Fs
  }
}

function descriptorCalls(disk: () => MemoryDisk, { constants }: Fs): Record<string, unknown> {
  const openSync = (place: string, flags: number | string = constants.O_RDONLY): number =>
    disk().open(relative(place), wishOf(flags, constants))
  const writeSync = (
    fd: number,
    bytes: Uint8Array,
    at = 0,
    length = bytes.length - at,
    position: number | null = null,
  ) => disk().write(fd, bytes.subarray(at, at + length), position)
  const readSync = (fd: number, target: Uint8Array, at: number, length: number, position: number): number =>
    disk().read(fd, target, at, length, position)
  const fdatasyncSync = (fd: number): void => disk().sync(fd, 'fdatasync')
  return {
    openSync,
    writeSync,
    readSync,
    fdatasyncSync,
    closeSync: (fd: number) => disk().close(fd),
    fsyncSync: (fd: number) => disk().sync(fd, 'fsync'),
    ftruncateSync: (fd: number, length = 0) => disk().truncate(fd, length),
    fstatSync: (fd: number) => statOf(disk().nodeOf(fd)),
    write: (fd: number, bytes: Uint8Array, at: number, length: number, position: number | null, done: Failure) =>
      answer(() => writeSync(fd, bytes, at, length, position), done),
    read: (fd: number, target: Uint8Array, at: number, length: number, position: number, done: Failure) =>
      answer(() => readSync(fd, target, at, length, position), done),
    fdatasync: (fd: number, done: Failure) => answer(() => fdatasyncSync(fd), done),
  }
}

interface WriteFileOptions {
  readonly flag?: string
  readonly flush?: boolean
}

function nameCalls(disk: () => MemoryDisk, { constants }: Fs): Record<string, unknown> {
  const lstatSync = (place: string, options?: { throwIfNoEntry?: boolean }) => {
    const node = disk().node(relative(place))
    if (node !== undefined) return statOf(node)
    if (options?.throwIfNoEntry === false) return undefined
    throw diskError('ENOENT', 'lstat', place)
  }
  return {
    lstatSync,
    statSync: lstatSync,
    existsSync: (place: string) => disk().node(relative(place)) !== undefined,
    realpathSync: (place: string) => place,
    mkdirSync: (place: string) => disk().makeFolder(relative(place)),
    renameSync: (from: string, to: string) => disk().rename(relative(from), relative(to)),
    rmSync: (place: string, options: { force?: boolean; recursive?: boolean } = {}) => remove(disk(), place, options),
    readdirSync: (place: string, options?: { withFileTypes?: boolean }) => list(disk(), place, options),
    readFileSync: (place: string, encoding?: BufferEncoding) => {
      const fd = disk().open(relative(place), wishOf('r', constants))
      const bytes = Buffer.from(disk().nodeOf(fd).content)
      disk().read(fd, bytes, 0, 0, 0)
      disk().close(fd)
      return encoding === undefined ? bytes : bytes.toString(encoding)
    },
    writeFileSync: (place: string, content: Uint8Array | string, options: WriteFileOptions = {}) => {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      const fd = disk().open(relative(place), wishOf(options.flag ?? 'w', constants))
      try {
        // Node goes on after a short count.
        for (let done = 0; done < bytes.length; ) done += disk().write(fd, bytes.subarray(done), null)
        if (options.flush === true) disk().sync(fd, 'fsync')
      } finally {
        disk().close(fd)
      }
    },
  }
}

function relative(place: string): string {
  return place === memoryRoot ? '' : place.slice(memoryRoot.length + 1)
}

function wishOf(flags: number | string, constants: Fs['constants']): OpenWish {
  if (typeof flags === 'string')
    return {
      isCreating: flags[0] !== 'r',
      isExclusive: flags.includes('x'),
      isTruncating: flags[0] === 'w',
      isAppending: flags[0] === 'a',
      isDurable: false,
    }
  return {
    isCreating: (flags & constants.O_CREAT) !== 0,
    isExclusive: (flags & constants.O_EXCL) !== 0,
    isTruncating: (flags & constants.O_TRUNC) !== 0,
    isAppending: (flags & constants.O_APPEND) !== 0,
    isDurable: (flags & constants.O_DSYNC) === constants.O_DSYNC,
  }
}

function statOf(node: MemoryNode): Record<string, unknown> {
  const { ino, isFolder, content, modifiedMs, nameCount } = node
  const mode = isFolder ? 0o040_700 : 0o100_600
  return {
    ino,
    dev: 1,
    size: content.length,
    mtimeMs: modifiedMs,
    nlink: nameCount,
    mode,
    uid: 0,
    isFile: () => !isFolder,
    isDirectory: () => isFolder,
    isSymbolicLink: () => false,
    isSocket: () => false,
  }
}

function list(disk: MemoryDisk, place: string, options?: { withFileTypes?: boolean }): unknown[] {
  const names = disk.list(relative(place))
  if (options?.withFileTypes !== true) return names
  return names.map((name) => ({ name, ...statOf(disk.node(relative(`${place}/${name}`)) as MemoryNode) }))
}

function remove(disk: MemoryDisk, place: string, options: { force?: boolean; recursive?: boolean }): void {
  const path = relative(place)
  const node = disk.node(path)
  if (node === undefined && options.force === true) return
  if (node?.isFolder === true && options.recursive === true)
    for (const name of disk.list(path)) remove(disk, `${place}/${name}`, options)
  disk.remove(path)
}

/** Callbacks come later, as from the thread pool. */
function answer(call: () => unknown, done: (error: NodeJS.ErrnoException | null, result?: unknown) => void): void {
  queueMicrotask(() => {
    let result: unknown
    try {
      result = call()
    } catch (error) {
      done(error as NodeJS.ErrnoException)
      return
    }
    done(null, result)
  })
}
