// Room on the disk, and whether its file system keeps what the commit path relies on.
import { formatBytes, formatCount } from './figures.ts'
import type { CheckList } from './doctor-report.ts'
import { shellWord } from '../ops/shell-word.ts'

export interface DiskFacts {
  /** The magic number of statfs(2). */
  readonly type: number
  readonly freeBytes: number
  /** 0 where the file system makes inodes as it needs them. */
  readonly inodes: number
  readonly freeInodes: number
}

const freeInodesMin = 1000
/** Below this many times the daemon's own limit an operator should know. */
const lowFactor = 16

type Kind = 'local' | 'network' | 'passing' | 'other'

/** Magic numbers of statfs(2); what is not named here is told by its number. */
const fileSystems: ReadonlyMap<number, readonly [name: string, kind: Kind]> = new Map([
  [0xef53, ['ext4', 'local']],
  [0x58465342, ['xfs', 'local']],
  [0x9123683e, ['btrfs', 'local']],
  [0x2fc12fc1, ['zfs', 'local']],
  [0xf2f52010, ['f2fs', 'local']],
  [0x794c7630, ['overlayfs', 'other']],
  [0x01021994, ['tmpfs', 'passing']],
  [0x858458f6, ['ramfs', 'passing']],
  [0x6969, ['nfs', 'network']],
  [0xff534d42, ['cifs', 'network']],
  [0xfe534d42, ['smb2', 'network']],
  [0x517b, ['smb', 'network']],
  [0x5346414f, ['afs', 'network']],
  [0x00c36400, ['ceph', 'network']],
  [0x01021997, ['9p', 'network']],
  [0x65735546, ['fuse', 'network']],
])

/** Checks the disk. Pure. */
export function checkDisk(list: CheckList, folder: string, facts: DiskFacts, freeBytesMin: number): void {
  const { freeBytes, inodes, freeInodes } = facts
  const look = `see what takes the room: du -xh ${shellWord(folder)} | sort -h | tail`
  if (freeBytes < freeBytesMin)
    list.wrong('space', `${formatBytes(freeBytes)} are free; appends need ${formatBytes(freeBytesMin)}`, look)
  else if (freeBytes < freeBytesMin * lowFactor)
    list.warn('space', `${formatBytes(freeBytes)} are free; appends stop at ${formatBytes(freeBytesMin)}`, look)
  else list.ok('space', `${formatBytes(freeBytes)} are free`)
  if (inodes > 0 && freeInodes < freeInodesMin)
    list.wrong(
      'inodes',
      `${formatCount(freeInodes)} of ${formatCount(inodes)} are free; a new ledger needs 6`,
      `see who has so many files: du --inodes -x ${shellWord(folder)} | sort -n | tail`,
    )
  else list.ok('inodes', inodes === 0 ? 'made as they are needed' : `${formatCount(freeInodes)} are free`)
  checkKind(list, facts.type)
}

function checkKind(list: CheckList, type: number): void {
  const [name, kind] = fileSystems.get(type) ?? [`type 0x${type.toString(16)}`, 'other' as const]
  const move = 'move the folder to a local disk with ext4, xfs or btrfs'
  if (kind === 'network')
    list.warn('filesystem', `${name}: locks and syncs across a network are not promised, nor tested`, move)
  else if (kind === 'passing') list.warn('filesystem', `${name}: gone at the next boot`, move)
  else if (kind === 'other') list.warn('filesystem', `${name}: whether a sync reaches the disk is not known here`, move)
  else list.ok('filesystem', name)
}
