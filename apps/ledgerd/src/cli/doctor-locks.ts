// Who holds the data folder and its ledgers, told without trying a lock: a lock taken only to look would turn away a
// daemon that starts at that moment. The holder files name the process; whether it lives and has the file open, and which
// files the kernel says are locked, is read from /proc.
import fs from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { describeHolder, type Holder, readHolder } from '../locks/holder.ts'
import { ledgersIn } from '../storage/ledgers-in.ts'
import type { CheckList } from './doctor-report.ts'

/** Checks the folder's lock, then each ledger's. */
export function checkHolders(list: CheckList, folder: string, host: string): void {
  const locked = lockedInodes()
  const daemonFile = path.join(folder, '.ledgerd', 'daemon.json')
  const daemon = standingOf(daemonFile, daemonFile, host, locked)
  if (daemon === 'elsewhere')
    list.warn(
      'holder',
      `${describeHolder(readHolder(daemonFile))} says that it serves this folder; from here that cannot be seen`,
      'let one machine alone serve a folder; if that one is gone, the next start takes over',
    )
  else if (daemon === 'held') list.ok('holder', describeHolder(readHolder(daemonFile)))
  else if (daemon === 'stale')
    list.note('holder', `${describeHolder(readHolder(daemonFile))} is gone; the next start takes over at once`)
  else list.ok('holder', 'nobody serves this folder')
  for (const ledger of ledgersIn(folder)) {
    const holderFile = path.join(folder, '.ledgerd', 'ledgers', `${ledger}.jsonl`, 'holder.json')
    const standing = standingOf(path.join(folder, `${ledger}.jsonl`), holderFile, host, locked)
    const who = describeHolder(readHolder(holderFile))
    if (standing === 'stale')
      list.note('locks', `${ledger}: the lock of ${who} is left over; the next start removes it at once`)
    else if (standing === 'held' && daemon !== 'held') list.note('locks', `${ledger} is held by ${who}`)
  }
  list.okUnlessSaid('locks', 'none is left over')
}

type Standing = 'free' | 'held' | 'stale' | 'elsewhere'

function standingOf(file: string, holderFile: string, host: string, locked: ReadonlySet<string>): Standing {
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return 'free'
  const holder = readHolder(holderFile)
  if (locked.has(inodeOf(stat))) return 'held'
  if (holder === undefined) return 'free'
  if (holder.host !== host) return 'elsewhere'
  return isOpenIn(holder, stat) ? 'held' : 'stale'
}

/** True when the process lives and, as far as that can be seen, has the file open: a pid may have been given anew. */
function isOpenIn({ pid }: Holder, file: fs.Stats): boolean {
  const folder = `/proc/${pid}/fd`
  try {
    if (!fs.existsSync('/proc/self/fd')) return process.kill(pid, 0)
    return fs.readdirSync(folder).some((fd) => {
      const open = fs.statSync(path.join(folder, fd), { throwIfNoEntry: false })
      return open !== undefined && open.ino === file.ino && open.dev === file.dev
    })
  } catch (error) {
    // ESRCH and ENOENT: no such process. Somebody else's process lives, and more cannot be seen.
    const { code } = error as NodeJS.ErrnoException
    return code === 'EPERM' || code === 'EACCES'
  }
}

/** Inodes under flock(2), as `major:minor:inode` in the kernel's spelling; none where the kernel does not tell. */
function lockedInodes(): ReadonlySet<string> {
  try {
    const lines = fs.readFileSync('/proc/locks', 'utf8').split('\n')
    return new Set(
      lines.flatMap((line) => {
        const [, inode] = /^\d+: FLOCK +\S+ +\S+ +-?\d+ (\S+)/.exec(line) ?? []
        return inode === undefined ? [] : [inode]
      }),
    )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set()
    throw error
  }
}

/** As /proc/locks writes it; makedev(3) of Linux. */
function inodeOf({ dev, ino }: fs.Stats): string {
  const major = ((dev >> 8) & 0xfff) | 0
  const minor = (dev & 0xff) | ((dev >> 12) & 0xfff00)
  const hex = (part: number): string => part.toString(16).padStart(2, '0')
  return `${hex(major)}:${hex(minor)}:${ino}`
}
