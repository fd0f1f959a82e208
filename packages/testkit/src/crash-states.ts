// Every state that a crash may leave at one point of a recorded run: names kept or lost, pages kept or lost, the write in
// flight cut at every byte, its rest or its beginning zero or garbage. The method of ALICE (OSDI'14), for one folder.
import { applied, type CrashDisk, type DataOp, type NameOp } from './crash-disk.ts'
import { type DiskOp, overwritten, resized } from './disk-op.ts'
import type { FolderImage } from './folder-image.ts'

export interface CrashState {
  /** What was done to the disk, for counts and messages. */
  readonly kind: string
  readonly image: FolderImage
}

export interface Granularity {
  /** A write in flight to this file is cut at every so many bytes. */
  readonly cutBytes: (path: string) => number
  /** At every so many bytes the rest of it is also zero, garbage, or there while its beginning is not. */
  readonly fillBytes: number
  /** Subsets of pages and of names tried at one point; more are drawn by chance. */
  readonly subsetsMax: number
  readonly random: () => number
}

const pageBytes = 4096

/** The states while `op` is under way; `disk` has everything before it. */
export function* statesDuring(disk: CrashDisk, op: DiskOp, grain: Granularity): Generator<CrashState> {
  if (op.kind !== 'write') return
  const cutBytes = grain.cutBytes(disk.nameOf(op.ino) ?? '')
  for (const { kind, names, content } of bases(disk)) {
    const before = content(op.ino)
    const state = (what: string, after: Buffer): CrashState => ({
      kind: `${what}, ${kind}`,
      image: disk.image(names, (ino) => (ino === op.ino ? after : content(ino))),
    })
    const at = Math.max(op.at, 0)
    for (let cut = 0; cut <= op.bytes.length; cut += cutBytes)
      yield state('torn write', overwritten(before, at, op.bytes.subarray(0, cut)))
    for (let cut = 0; cut < op.bytes.length; cut += grain.fillBytes)
      for (const [what, bytes] of fills(op.bytes, cut)) yield state(what, overwritten(before, at, bytes))
  }
}

/** The states after everything that `disk` has taken, before the next call. */
export function* statesAfter(disk: CrashDisk, grain: Granularity): Generator<CrashState> {
  for (const { kind, names, content } of bases(disk)) yield { kind, image: disk.image(names, content) }
  const cached = (ino: number): Buffer => disk.cachedOf(ino)
  const durable = (ino: number): Buffer => disk.durableOf(ino)
  for (const names of nameChoices(disk.pendingNames))
    for (const content of [cached, durable]) yield { kind: 'names kept in part', image: disk.image(names, content) }
  for (const dirty of disk.dirtyFiles())
    for (const partial of contentChoices(disk.durableOf(dirty), disk.cachedOf(dirty), disk.pendingOf(dirty), grain))
      for (const others of [cached, durable])
        yield {
          kind: 'pages kept in part',
          image: disk.image(disk.pendingNames, (ino) => (ino === dirty ? partial : others(ino))),
        }
}

interface Base {
  readonly kind: string
  readonly names: readonly NameOp[]
  readonly content: (ino: number) => Buffer
}

function bases(disk: CrashDisk): Base[] {
  const cached = (ino: number): Buffer => disk.cachedOf(ino)
  const durable = (ino: number): Buffer => disk.durableOf(ino)
  const all = disk.pendingNames
  return [
    { kind: 'everything kept', names: all, content: cached },
    { kind: 'unsynced bytes lost', names: all, content: durable },
    { kind: 'unsynced names lost', names: [], content: cached },
    { kind: 'everything unsynced lost', names: [], content: durable },
  ]
}

function fills(bytes: Buffer, cut: number): [string, Buffer][] {
  const garbage = Buffer.from(bytes.map((byte, at) => (at < cut ? byte : (at * 197 + cut * 31 + 7) & 255)))
  return [
    ['zero rest', Buffer.from(bytes).fill(0, cut)],
    ['garbage rest', garbage],
    ['zero beginning', Buffer.from(bytes).fill(0, 0, cut)],
  ]
}

const namesMax = 10

/** Each recent change of a name lost alone, kept alone, and every prefix of them. */
function* nameChoices(pending: readonly NameOp[]): Generator<readonly NameOp[]> {
  for (let at = Math.max(0, pending.length - namesMax); at < pending.length; at++) {
    yield pending.filter((_, other) => other !== at)
    yield pending.slice(at, at + 1)
    yield pending.slice(0, at)
  }
}

/** A file in which some of the pages and cuts since its last sync reached the disk, with and without its new size. */
function* contentChoices(
  durable: Buffer,
  cached: Buffer,
  pending: readonly DataOp[],
  { subsetsMax, random }: Granularity,
): Generator<Buffer> {
  const pieces = pending.flatMap(pagesOf)
  const isAll = pieces.length < 30 && 2 ** pieces.length <= subsetsMax
  const total = isAll ? 2 ** pieces.length : subsetsMax
  for (let choice = 0; choice < total; choice++) {
    const isKept = (at: number): boolean => (isAll ? ((choice >> at) & 1) === 1 : random() < 0.5)
    const kept = pieces.filter((_, at) => isKept(at)).reduce(applied, durable)
    yield kept
    if (kept.length < cached.length) yield resized(kept, cached.length)
  }
  // In order, up to each call: what a journal in order would leave.
  for (let end = 1; end < pending.length; end++) yield pending.slice(0, end).reduce(applied, durable)
}

/** A write as the pages it touches; a cut as it is. */
function pagesOf(op: DataOp): DataOp[] {
  if (op.kind === 'truncate') return [op]
  const pieces: DataOp[] = []
  for (let from = 0; from < op.bytes.length; ) {
    const to = Math.min(op.bytes.length, from + pageBytes - ((op.at + from) % pageBytes))
    pieces.push({ ...op, at: op.at + from, bytes: op.bytes.subarray(from, to) })
    from = to
  }
  return pieces
}
