// One crash of a disk, chosen by a history: what the cache had not yet given to the disk is kept, dropped or torn, file by
// file and name by name, and the write in flight is cut.
import type { CrashDisk, DiskOp, FolderImage } from '@ledgerd/testkit'

export interface CrashWish {
  /** Of writes that no sync confirmed. `some`: a prefix of each file's. */
  readonly bytes: 'kept' | 'dropped' | 'some'
  readonly names: 'kept' | 'dropped' | 'some'
  /** What the write in flight leaves behind its cut. */
  readonly rest: 'nothing' | 'zeros' | 'garbage'
  /** Where `some` ends and where the write in flight is cut, from 0 to 1. */
  readonly share: number
}

export interface Crashed {
  readonly image: FolderImage
  /** Bytes that the cache had and the disk has not. */
  readonly bytesLost: number
  /** A write was cut inside. */
  readonly isTorn: boolean
}

/** The folder after the crash; `inFlight` is the operation that was under way. */
export function crashed(disk: CrashDisk, inFlight: DiskOp | undefined, wish: CrashWish): Crashed {
  let bytesLost = 0
  let isTorn = false
  const content = (ino: number): Buffer => {
    const cached = disk.cachedOf(ino)
    let kept = contentOf(disk, ino, wish)
    bytesLost += Math.max(0, cached.length - kept.length)
    if (inFlight?.kind === 'write' && inFlight.ino === ino) {
      const cut = Math.floor(wish.share * inFlight.bytes.length)
      isTorn = cut > 0 && cut < inFlight.bytes.length
      kept = writtenInPart(kept, inFlight.at, inFlight.bytes, cut, wish.rest)
    }
    return kept
  }
  const pending = disk.pendingNames
  const namesKept = { kept: pending.length, dropped: 0, some: Math.floor(wish.share * pending.length) }[wish.names]
  return { image: disk.image(pending.slice(0, namesKept), content), bytesLost, isTorn }
}

function contentOf(disk: CrashDisk, ino: number, { bytes, share }: CrashWish): Buffer {
  const [durable, cached] = [disk.durableOf(ino), disk.cachedOf(ino)]
  if (bytes === 'kept') return cached
  if (bytes === 'dropped' || cached.length <= durable.length) return durable
  return cached.subarray(0, durable.length + Math.floor(share * (cached.length - durable.length)))
}

function writtenInPart(before: Buffer, at: number, bytes: Buffer, cut: number, rest: CrashWish['rest']): Buffer {
  const length = rest === 'nothing' ? cut : bytes.length
  const after = Buffer.alloc(Math.max(before.length, at + length))
  before.copy(after)
  bytes.copy(after, at, 0, cut)
  if (rest === 'garbage') for (let i = cut; i < length; i++) after[at + i] = (i * 197 + 7) & 255
  if (rest === 'zeros') after.fill(0, at + cut, at + length)
  return after
}
