// What happens to a folder and to a process while a daemon runs: limits, a file system that turns read-only, files cut, edited,
// replaced, removed, and a folder that is moved away and comes back.
import fs from 'node:fs'
import path from 'node:path'
import { copyFolder } from '../../test/copy-folder.ts'
import type { GateCounts } from '../../test/gate.ts'
import type { Need } from './machine-needs.ts'
import type { Mishap } from './mishap-suite.ts'
import { MountedDisk, must } from './mounted-disk.ts'

export interface MishapSuite {
  readonly suite: string
  readonly needs: readonly Need[]
  readonly rounds: GateCounts
  readonly kinds: readonly Mishap[]
}

const nothing = (): void => {}
/** More than any other file of a small folder has. */
const fileBytesMin = 8192
const stops = { code: 'LEDGER_STOPPED', isOtherServed: true, isReadable: true } as const

const limits: readonly Mishap[] = [
  {
    ...stops,
    name: 'a limit for the size of files',
    play: ({ pid, file, random }) => {
      limit(pid, 'fsize', fs.statSync(file).size + fileBytesMin + Math.floor(random() * 12_000))
      return nothing
    },
    reasons: ['write-failed'],
    drafts: 40,
    textBytes: 900,
    goesOn: 'after a restart',
  },
  {
    name: 'no descriptors left for a new ledger',
    ledger: 'worlds/new',
    play: ({ pid, random }) => {
      // A visitor still finds room; a new ledger takes three at a time.
      limit(pid, 'nofile', fs.readdirSync(`/proc/${pid}/fd`).length + 1 + Math.floor(random() * 2))
      return () => limit(pid, 'nofile', 4096)
    },
    code: 'BUSY',
    reasons: ['out-of-resources'],
    isOtherServed: true,
    isReadable: true,
    goesOn: 'by itself',
  },
]

const files: readonly Mishap[] = [
  {
    ...stops,
    name: 'the file is cut',
    play: ({ file, random }) => {
      fs.truncateSync(file, Math.floor(random() * fs.statSync(file).size))
      return nothing
    },
    reasons: ['foreign-bytes'],
    goesOn: 'never',
  },
  {
    ...stops,
    name: 'a byte is edited in place',
    play: ({ file, random }) => {
      const at = Math.floor(random() * (fs.statSync(file).size - 1))
      const fd = fs.openSync(file, 'r+')
      const byte = Buffer.alloc(1)
      fs.readSync(fd, byte, 0, 1, at)
      fs.writeSync(fd, Buffer.of((byte[0] as number) ^ 1), 0, 1, at)
      fs.closeSync(fd)
      return nothing
    },
    reasons: ['acknowledged-damaged'],
    goesOn: 'never',
  },
  {
    ...stops,
    name: 'a line is appended by hand',
    play: ({ file }) => {
      const size = fs.statSync(file).size
      fs.appendFileSync(file, 'a line of nobody\n')
      return () => fs.truncateSync(file, size)
    },
    reasons: ['foreign-bytes'],
    goesOn: 'after a restart',
  },
  {
    ...stops,
    name: 'an editor writes a copy over it',
    play: ({ file }) => {
      fs.copyFileSync(file, `${file}~`)
      fs.renameSync(`${file}~`, file)
      return nothing
    },
    reasons: ['file-replaced'],
    goesOn: 'after a restart',
  },
  {
    ...stops,
    name: 'the file is removed and brought back',
    play: ({ file }) => {
      fs.renameSync(file, `${file}.away`)
      return () => fs.renameSync(`${file}.away`, file)
    },
    reasons: ['file-replaced'],
    goesOn: 'after a restart',
  },
]

const folders: readonly Mishap[] = [
  {
    ...stops,
    name: 'the data folder is moved away and comes back',
    play: ({ folder }) => {
      fs.renameSync(folder, `${folder}.away`)
      return () => fs.renameSync(`${folder}.away`, folder)
    },
    reasons: ['file-replaced'],
    isOtherServed: false,
    goesOn: 'after a restart',
  },
  {
    ...stops,
    name: 'another folder stands in its place',
    play: ({ folder }) => {
      fs.renameSync(folder, `${folder}.away`)
      copyFolder(`${folder}.away`, folder, (name) => !name.endsWith('sock'))
      return () => {
        fs.rmSync(folder, { recursive: true })
        fs.renameSync(`${folder}.away`, folder)
      }
    },
    reasons: ['file-replaced', 'lock-taken'],
    isOtherServed: false,
    goesOn: 'after a restart',
  },
  {
    ...stops,
    name: 'the sidecar is moved away and comes back',
    play: ({ folder }) => {
      const sidecar = path.join(folder, '.ledgerd')
      fs.renameSync(sidecar, path.join(folder, '.away'))
      return () => fs.renameSync(path.join(folder, '.away'), sidecar)
    },
    reasons: ['file-replaced'],
    isOtherServed: false,
    goesOn: 'after a restart',
  },
]

const readOnly: Mishap = {
  ...stops,
  name: 'the file system turns read-only',
  mount: () => MountedDisk.make({ kind: 'ext4', sizeMb: 160, formatArgs: ['-e', 'remount-ro'] }),
  play: ({ disk }) => {
    disk?.reportError()
    return () => disk?.mend()
  },
  isRightedWhileStopped: true,
  reasons: ['write-failed'],
  isOtherServed: false,
  goesOn: 'after a restart',
}

export const mishaps: readonly MishapSuite[] = [
  { suite: 'F limits of the process', needs: ['program prlimit'], rounds: { faults: 12, long: 120 }, kinds: limits },
  {
    suite: 'F read-only file system',
    needs: ['root', 'loop devices', 'program mkfs.ext4', 'program e2fsck'],
    rounds: { faults: 3, long: 30 },
    kinds: [readOnly],
  },
  { suite: 'H files under a running daemon', needs: [], rounds: { faults: 20, long: 200 }, kinds: files },
  { suite: 'H folders under a running daemon', needs: [], rounds: { faults: 9, long: 100 }, kinds: folders },
]

/** Sets the soft limit of a process that runs. */
function limit(pid: number, name: 'fsize' | 'nofile', value: number): void {
  must('prlimit', ['--pid', String(pid), `--${name}=${value}:`])
}
