// Gives a disk image to the daemon's own recovery, and takes back what it made of it: as the cache shows it, and as a power
// cut in the same instant would leave it.
import { CrashDisk, type DiskOp, type FolderImage, ledgersOf, MemoryDisk } from '@ledgerd/testkit'
import { openMemoryDaemon } from './memory-daemon.ts'
import { mount } from './memory-doors.ts'

export interface Recovered {
  /** What a reader sees now. */
  readonly seen: FolderImage
  /** What is certain to survive. */
  readonly durable: FolderImage
  /** Ledgers that stopped, as `ledger: reason`, and errors of opening. */
  readonly stops: readonly string[]
  readonly ops: readonly DiskOp[]
}

/** Opens every ledger of the image, looks at all its lines, and closes. */
export async function recoverImage(image: FolderImage): Promise<Recovered> {
  // Closing aborts what may still be opening, and nobody reads where from: it costs as much as a few lines.
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return await recovered(image)
  } finally {
    Error.stackTraceLimit = limit
  }
}

async function recovered(image: FolderImage): Promise<Recovered> {
  const disk = new MemoryDisk(image)
  const ops: DiskOp[] = []
  const crash = new CrashDisk(image, disk.inodes())
  disk.onOp = (op) => {
    ops.push(op)
    crash.apply(op)
  }
  mount.mount(disk)
  const { engine, stops } = openMemoryDaemon()
  const failed: string[] = []
  for (const ledger of ledgersOf(image))
    await engine.reader(ledger).catch((error: unknown) => failed.push(`${ledger}: ${String(error)}`))
  await engine.close()
  const seen = disk.image()
  const durable = withShared(
    crash.image([], (ino) => crash.durableOf(ino)),
    seen,
  )
  return { seen, durable, stops: [...stops, ...failed], ops }
}

/** The same image, with the buffers of `other` where their content is the same: what is known of one is known of both. */
function withShared(image: FolderImage, other: FolderImage): FolderImage {
  const shared = new Map(image)
  for (const [name, content] of image) {
    const theirs = other.get(name)
    if (content !== 'folder' && theirs instanceof Buffer && content.equals(theirs)) shared.set(name, theirs)
  }
  return shared
}
