// What of a disk survives: per file the bytes a sync made durable and the writes since, per folder the names a sync made
// durable and the changes since. POSIX alone is the model: a file's sync does not keep its name, writes reach the disk in
// any order or not at all, and only a sync says otherwise; what a failed sync threw away no later one brings back, unless it
// is written again. One thing is worse than POSIX, as ext4 was seen to be: new blocks whose first write failed stay suspect,
// and whatever is written into them again is lost in spite of every later sync.
import { type DiskOp, folderOf, overwritten, resized } from './disk-op.ts'
import type { FolderImage } from './folder-image.ts'

export type DataOp =
  | { readonly kind: 'write'; readonly at: number; readonly bytes: Buffer; readonly isDurable: boolean }
  | { readonly kind: 'truncate'; readonly length: number }

export type NameOp =
  | { readonly kind: 'link'; readonly path: string; readonly ino: number }
  | { readonly kind: 'move'; readonly from: string; readonly to: string; readonly ino: number }
  | { readonly kind: 'unlink'; readonly path: string }

interface CrashFile {
  /** Content that the last sync made durable. */
  synced: Buffer
  /** Content in the cache. */
  cached: Buffer
  /** Since the last sync. */
  pending: readonly DataOp[]
  /** Bytes [from, to) behind the durable end whose first sync failed; a cut gives them back. */
  suspect: readonly { readonly from: number; readonly to: number }[]
}

const folderIno = -1
const none = Buffer.alloc(0)

export class CrashDisk {
  readonly #files: Map<number, CrashFile> = new Map()
  #durableNames: Map<string, number> = new Map()
  #names: Map<string, number> = new Map()
  #pendingNames: readonly NameOp[] = []

  /** A disk on which everything is durable; `inodes` says which numbers the recorded run will use. */
  constructor(image: FolderImage, inodes: ReadonlyMap<string, number>) {
    for (const [name, content] of image) {
      const ino = content === 'folder' ? folderIno : (inodes.get(name) ?? 0)
      this.#names.set(name, ino)
      if (content !== 'folder') this.#files.set(ino, { synced: content, cached: content, pending: [], suspect: [] })
    }
    this.#durableNames = new Map(this.#names)
  }

  /** Name changes that no folder sync has confirmed, in order. */
  get pendingNames(): readonly NameOp[] {
    return this.#pendingNames
  }

  /** Files with writes that no sync has confirmed. */
  dirtyFiles(): number[] {
    return [...this.#files].filter(([, { pending }]) => pending.length > 0).map(([ino]) => ino)
  }

  pendingOf(ino: number): readonly DataOp[] {
    return this.#file(ino).pending
  }

  cachedOf(ino: number): Buffer {
    return this.#file(ino).cached
  }

  /** What is certain to be there of a file: what was synced, and writes that were durable by themselves. */
  durableOf(ino: number): Buffer {
    const { synced, pending, suspect } = this.#file(ino)
    const durable = pending.filter((op) => op.kind === 'write' && op.isDurable)
    return durable.length === 0 ? synced : withoutSuspect(durable.reduce(applied, synced), suspect)
  }

  /** The name under which a file is seen now. */
  nameOf(ino: number): string | undefined {
    return [...this.#names].find(([, number]) => number === ino)?.[0]
  }

  apply(op: DiskOp): void {
    switch (op.kind) {
      case 'create':
        this.#files.set(op.ino, { synced: none, cached: none, pending: [], suspect: [] })
        return this.#name({ kind: 'link', path: op.path, ino: op.ino })
      case 'make-folder':
        return this.#name({ kind: 'link', path: op.path, ino: folderIno })
      case 'rename':
        return this.#name({ kind: 'move', from: op.from, to: op.to, ino: this.#names.get(op.from) ?? folderIno })
      case 'remove':
        return this.#name({ kind: 'unlink', path: op.path })
      case 'write':
      case 'truncate': {
        const file = this.#file(op.ino)
        file.cached = applied(file.cached, op)
        file.pending = [...file.pending, op]
        if (op.kind === 'truncate') file.suspect = file.suspect.filter(({ from }) => from < op.length)
        return
      }
      case 'sync': {
        const file = this.#file(op.ino)
        file.synced = withoutSuspect(file.pending.reduce(applied, file.synced), file.suspect)
        file.pending = []
        return
      }
      case 'lose': {
        const file = this.#file(op.ino)
        file.synced = this.durableOf(op.ino)
        file.pending = []
        if (file.cached.length > file.synced.length)
          file.suspect = [...file.suspect, { from: file.synced.length, to: file.cached.length }]
        return
      }
      case 'sync-folder':
        return this.#syncFolder(op.path)
      default:
        throw new TypeError(`unknown operation ${JSON.stringify(op satisfies never)}`)
    }
  }

  /**
   * The folder after a crash in which these name changes survived, with the contents that `content` gives. Names below a
   * folder that did not survive are gone with it.
   */
  image(keptNames: readonly NameOp[], content: (ino: number) => Buffer): FolderImage {
    const names = new Map(this.#durableNames)
    for (const op of keptNames) renamed(names, op)
    const image = new Map<string, Buffer | 'folder'>()
    // A folder's own name may have become durable after those in it.
    for (const [name, ino] of [...names].toSorted(([left], [right]) => depthOf(left) - depthOf(right))) {
      const folder = folderOf(name)
      if (folder !== '' && image.get(folder) !== 'folder') continue
      image.set(name, ino === folderIno ? 'folder' : content(ino))
    }
    return image
  }

  #file(ino: number): CrashFile {
    const file = this.#files.get(ino)
    if (file === undefined) throw new RangeError(`no file ${ino} was recorded`)
    return file
  }

  #name(op: NameOp): void {
    renamed(this.#names, op)
    this.#pendingNames = [...this.#pendingNames, op]
  }

  #syncFolder(folder: string): void {
    const isOf = (op: NameOp): boolean => folderOf(op.kind === 'move' ? op.to : op.path) === folder
    for (const op of this.#pendingNames) if (isOf(op)) renamed(this.#durableNames, op)
    this.#pendingNames = this.#pendingNames.filter((op) => !isOf(op))
  }
}

/** `content` after one write or cut. */
export function applied(content: Buffer, op: DataOp): Buffer {
  return op.kind === 'write' ? overwritten(content, op.at, op.bytes) : resized(content, op.length)
}

/** What a disk has of a content: nothing of its suspect blocks. */
function withoutSuspect(content: Buffer, suspect: CrashFile['suspect']): Buffer {
  if (suspect.length === 0) return content
  const copy = Buffer.from(content)
  for (const { from, to } of suspect) copy.fill(0, from, to)
  return copy
}

function depthOf(name: string): number {
  return name.split('/').length
}

function renamed(names: Map<string, number>, op: NameOp): void {
  if (op.kind === 'link') names.set(op.path, op.ino)
  else if (op.kind === 'unlink') names.delete(op.path)
  else {
    if (names.get(op.from) === op.ino) names.delete(op.from)
    names.set(op.to, op.ino)
  }
}
