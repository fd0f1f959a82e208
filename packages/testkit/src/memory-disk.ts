// A disk in memory as a program sees it: the page cache, in which everything written is there at once. It records what
// would reach a real disk and when, and it fails where a test says so. What survives a crash is crash-disk.ts's business.
import os from 'node:os'
import { type DiskOp, folderOf, overwritten, resized } from './disk-op.ts'
import type { FolderImage } from './folder-image.ts'

export type CallName =
  | 'openat'
  | 'pread'
  | 'write'
  | 'fdatasync'
  | 'fsync'
  | 'fsync-folder'
  | 'ftruncate'
  | 'rename'
  | 'unlink'
  | 'mkdir'
  | 'fstat'
  | 'lstat'

export interface DiskCall {
  readonly name: CallName
  readonly path: string
}

/** What goes wrong with one call. */
export type Fault =
  | {
      readonly errno: string
      /** For a sync, or the one within a write that `isTaken`: the dirty pages are clean now, and will never be written. */
      readonly isLosing?: boolean
      /** For a write: the bytes are in the cache all the same, as when the sync within an O_DSYNC write fails. */
      readonly isTaken?: boolean
    }
  /** Only so many bytes are written, and the call says so. */
  | { readonly shortBytes: number }

export interface MemoryNode {
  readonly ino: number
  readonly isFolder: boolean
  /** Never written into: every change makes a new one. */
  content: Buffer
  modifiedMs: number
  nameCount: number
}

interface OpenFile {
  readonly node: MemoryNode
  readonly path: string
  readonly isAppending: boolean
  readonly isDurable: boolean
}

export interface OpenWish {
  readonly isCreating: boolean
  readonly isExclusive: boolean
  readonly isTruncating: boolean
  readonly isAppending: boolean
  readonly isDurable: boolean
}

const none = Buffer.alloc(0)
const firstFd = 1_000_000
let lastFd = firstFd

export class MemoryDisk {
  /** Called with everything that changes the disk, in order. */
  onOp: ((op: DiskOp) => void) | undefined
  /** Asked before every call; an answer makes it fail. */
  onCall: ((call: DiskCall) => Fault | undefined) | undefined
  readonly #names: Map<string, MemoryNode> = new Map()
  readonly #open: Map<number, OpenFile> = new Map()
  /** Holders of the kernel lock, by file number. */
  readonly #locks: Map<number, number> = new Map()
  #lastIno = 0
  #ticks = 0

  constructor(image: FolderImage = new Map()) {
    this.#names.set('', this.#newNode(true))
    for (const [name, content] of image) {
      const node = this.#newNode(content === 'folder')
      if (content !== 'folder') node.content = content
      this.#names.set(name, node)
    }
  }

  /** Numbers of the files that are there, by path: to go on recording from here. */
  inodes(): ReadonlyMap<string, number> {
    return new Map([...this.#names].map(([name, { ino }]) => [name, ino]))
  }

  /** What a program would read now. */
  image(): FolderImage {
    const image = new Map<string, Buffer | 'folder'>()
    for (const [name, node] of this.#names) if (name !== '') image.set(name, node.isFolder ? 'folder' : node.content)
    return image
  }

  /** The program was killed: its descriptors and locks are gone, the cache stays. */
  kill(): void {
    this.#open.clear()
    this.#locks.clear()
  }

  /** Descriptors that nobody has closed. */
  get openCount(): number {
    return this.#open.size
  }

  has(fd: number): boolean {
    return this.#open.has(fd)
  }

  node(path: string): MemoryNode | undefined {
    this.#mayFail('lstat', path)
    return this.#names.get(path)
  }

  nodeOf(fd: number): MemoryNode {
    const { node, path } = this.#file(fd)
    this.#mayFail('fstat', path)
    return node
  }

  open(path: string, wish: OpenWish): number {
    this.#mayFail('openat', path)
    let node = this.#names.get(path)
    if (node !== undefined && wish.isExclusive) throw diskError('EEXIST', 'open', path)
    if (node === undefined) {
      if (!wish.isCreating) throw diskError('ENOENT', 'open', path)
      this.#requireFolder(path, 'open')
      node = this.#newNode(false)
      this.#names.set(path, node)
      this.onOp?.({ kind: 'create', path, ino: node.ino })
    } else if (wish.isTruncating && node.content.length > 0) this.#resize(node, 0)
    lastFd++
    this.#open.set(lastFd, { node, path, isAppending: wish.isAppending, isDurable: wish.isDurable })
    return lastFd
  }

  close(fd: number): void {
    const { node } = this.#file(fd)
    if (this.#locks.get(node.ino) === fd) this.#locks.delete(node.ino)
    this.#open.delete(fd)
  }

  /** flock(2), exclusive, without waiting. */
  lock(fd: number): boolean {
    const { ino } = this.#file(fd).node
    const holder = this.#locks.get(ino)
    if (holder === undefined) this.#locks.set(ino, fd)
    return holder === undefined || holder === fd
  }

  read(fd: number, target: Uint8Array, at: number, length: number, position: number): number {
    const { node, path } = this.#file(fd)
    this.#mayFail('pread', path)
    return node.content.copy(target, at, position, Math.min(node.content.length, position + length))
  }

  /** Writes at `position`, or at the end of a descriptor that appends. Returns the count. */
  write(fd: number, bytes: Uint8Array, position: number | null): number {
    const { node, path, isAppending, isDurable } = this.#file(fd)
    const fault = this.onCall?.({ name: 'write', path })
    const isFailing = fault !== undefined && 'errno' in fault
    if (isFailing && fault.isTaken !== true) throw diskError(fault.errno, 'write', path)
    const taken = fault !== undefined && 'shortBytes' in fault ? bytes.subarray(0, fault.shortBytes) : bytes
    const at = isAppending || position === null ? node.content.length : position
    node.content = overwritten(node.content, at, taken)
    this.#touch(node)
    this.onOp?.({ kind: 'write', ino: node.ino, at, bytes: Buffer.from(taken), isDurable: isDurable && !isFailing })
    if (!isFailing) return taken.length
    if (fault.isLosing === true) this.onOp?.({ kind: 'lose', ino: node.ino })
    throw diskError(fault.errno, 'write', path)
  }

  sync(fd: number, name: 'fdatasync' | 'fsync'): void {
    const { node, path } = this.#file(fd)
    const call = node.isFolder ? 'fsync-folder' : name
    try {
      this.#mayFail(call, path)
    } catch (error) {
      if (!node.isFolder && (error as { isLosing?: boolean }).isLosing === true)
        this.onOp?.({ kind: 'lose', ino: node.ino })
      throw error
    }
    this.onOp?.(node.isFolder ? { kind: 'sync-folder', path } : { kind: 'sync', ino: node.ino })
  }

  truncate(fd: number, length: number): void {
    const { node, path } = this.#file(fd)
    this.#mayFail('ftruncate', path)
    if (length !== node.content.length) this.#resize(node, length)
  }

  rename(from: string, to: string): void {
    this.#mayFail('rename', to)
    const node = this.#names.get(from)
    if (node === undefined) throw diskError('ENOENT', 'rename', from)
    const replaced = this.#names.get(to)
    if (replaced !== undefined) replaced.nameCount--
    this.#names.delete(from)
    this.#names.set(to, node)
    this.onOp?.({ kind: 'rename', from, to })
  }

  /** Removes a file or an empty folder. */
  remove(path: string): void {
    this.#mayFail('unlink', path)
    const node = this.#names.get(path)
    if (node === undefined) throw diskError('ENOENT', 'unlink', path)
    if (node.isFolder && this.list(path).length > 0) throw diskError('ENOTEMPTY', 'rmdir', path)
    node.nameCount--
    this.#names.delete(path)
    this.onOp?.({ kind: 'remove', path })
  }

  makeFolder(path: string): void {
    this.#mayFail('mkdir', path)
    if (this.#names.has(path)) throw diskError('EEXIST', 'mkdir', path)
    this.#requireFolder(path, 'mkdir')
    this.#names.set(path, this.#newNode(true))
    this.onOp?.({ kind: 'make-folder', path })
  }

  /** Names directly in a folder. */
  list(path: string): string[] {
    const node = this.#names.get(path)
    if (node === undefined) throw diskError('ENOENT', 'scandir', path)
    return [...this.#names.keys()]
      .filter((name) => name !== '' && folderOf(name) === path)
      .map((name) => name.slice(path === '' ? 0 : path.length + 1))
  }

  #file(fd: number): OpenFile {
    const file = this.#open.get(fd)
    if (file === undefined) throw diskError('EBADF', 'fstat', String(fd))
    return file
  }

  #newNode(isFolder: boolean): MemoryNode {
    return { ino: ++this.#lastIno, isFolder, content: none, modifiedMs: ++this.#ticks, nameCount: 1 }
  }

  #resize(node: MemoryNode, length: number): void {
    node.content = resized(node.content, length)
    this.#touch(node)
    this.onOp?.({ kind: 'truncate', ino: node.ino, length })
  }

  #touch(node: MemoryNode): void {
    node.modifiedMs = ++this.#ticks
  }

  #requireFolder(path: string, syscall: string): void {
    if (this.#names.get(folderOf(path))?.isFolder !== true) throw diskError('ENOENT', syscall, path)
  }

  #mayFail(name: CallName, path: string): void {
    const fault = this.onCall?.({ name, path })
    if (fault === undefined || !('errno' in fault)) return
    throw Object.assign(diskError(fault.errno, name, path), { isLosing: fault.isLosing === true })
  }
}

/** An error as Node makes it, without a stack, for speed; libuv has no name for EDQUOT. */
export function diskError(code: string, syscall: string, path: string): NodeJS.ErrnoException {
  const number = os.constants.errno[code as keyof typeof os.constants.errno]
  const shown = code === 'EDQUOT' ? 'UNKNOWN' : code
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  const error = new Error(`${shown}: ${syscall} '${path}'`)
  Error.stackTraceLimit = limit
  return Object.assign(error, { code: shown, errno: -number, syscall, path })
}
