// One crash of a disk, chosen by a history: what the cache had not yet given to the disk is kept, dropped or torn, file by
// file and name by name, and the write in flight is cut. The last sync may have said that all was well and lost everything,
// as one does that is in flight while a file system shuts down.
import type { CrashDisk, DiskOp, FolderImage } from '@ledgerd/testkit'

export interface CrashWish {
  /** Of writes that no sync confirmed. `some`: a prefix of what each file grew by; `end`: the rest of it, behind zeros. */
  readonly bytes: 'kept' | 'dropped' | 'some' | 'end'
  readonly names: 'kept' | 'dropped' | 'some'
  /** What the write in flight leaves behind its cut. `end`: that is there, and zeros where the beginning should be. */
  readonly rest: 'nothing' | 'zeros' | 'garbage' | 'end'
  /** `void`: nothing reached the disk from the last sync on, although that one returned as if it had. */
  readonly lastSync: 'held' | 'void'
  /** Where `some` ends and where the write in flight is cut, from 0 to 1. */
  readonly share: number
}

export interface PowerCut extends CrashWish {
  /** How much of what happened since the world settled is over by then, from 0 to 1. */
  readonly after: number
}

export interface Crashed {
  readonly image: FolderImage
  /** The cache had what the disk has not. */
  readonly isLossy: boolean
  /** A write was cut inside. */
  readonly isTorn: boolean
  /** There was a sync, and it is void. */
  readonly isVoid: boolean
  /** The power went after everything that had been asked for was done. */
  readonly isAfterAll: boolean
}

/** True for what returns only when something is durable, unless it lies. */
export function isSync(op: DiskOp): boolean {
  return op.kind === 'sync' || op.kind === 'sync-folder' || (op.kind === 'write' && op.isDurable)
}

/** The folder after the crash; `inFlight` is the operation that was under way. */
export function crashed(
  disk: CrashDisk,
  inFlight: DiskOp | undefined,
  wish: CrashWish,
): Pick<Crashed, 'image' | 'isLossy' | 'isTorn'> {
  let isLossy = false
  let isTorn = false
  const content = (ino: number): Buffer => {
    const cached = disk.cachedOf(ino)
    let kept = contentOf(disk, ino, wish)
    isLossy ||= !kept.equals(cached)
    if (inFlight?.kind === 'write' && inFlight.ino === ino) {
      const cut = Math.floor(wish.share * inFlight.bytes.length)
      isTorn = cut > 0 && cut < inFlight.bytes.length
      kept = writtenInPart(kept, inFlight.at, inFlight.bytes, cut, wish.rest)
    }
    return kept
  }
  const pending = disk.pendingNames
  const namesKept = { kept: pending.length, dropped: 0, some: Math.floor(wish.share * pending.length) }[wish.names]
  return { image: disk.image(pending.slice(0, namesKept), content), isLossy, isTorn }
}

function contentOf(disk: CrashDisk, ino: number, { bytes, share }: CrashWish): Buffer {
  const [durable, cached] = [disk.durableOf(ino), disk.cachedOf(ino)]
  if (bytes === 'kept') return cached
  if (bytes === 'dropped' || cached.length <= durable.length) return durable
  const cut = durable.length + Math.floor(share * (cached.length - durable.length))
  if (bytes === 'some') return cached.subarray(0, cut)
  return Buffer.concat([durable, Buffer.alloc(cut - durable.length), cached.subarray(cut)])
}

function writtenInPart(before: Buffer, at: number, bytes: Buffer, cut: number, rest: CrashWish['rest']): Buffer {
  const length = rest === 'nothing' ? cut : bytes.length
  const after = Buffer.alloc(Math.max(before.length, at + length))
  before.copy(after)
  if (rest === 'end') {
    bytes.copy(after, at + cut, cut)
    return after.fill(0, at, at + cut)
  }
  bytes.copy(after, at, 0, cut)
  if (rest === 'garbage') for (let i = cut; i < length; i++) after[at + i] = (i * 197 + 7) & 255
  if (rest === 'zeros') after.fill(0, at + cut, at + length)
  return after
}
