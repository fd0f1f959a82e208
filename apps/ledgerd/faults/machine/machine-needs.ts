// What a suite on the real machine needs, and whether it is here. What is missing is said by name: a suite that cannot run
// never passes in silence.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export type Need =
  | 'root'
  | 'mounts'
  | 'loop devices'
  | 'libfuse3-dev'
  | `program ${string}`
  | `library ${string}`
  | `file system ${string}`

/** Why a suite cannot run here, as a sentence; undefined when all is there. */
export function missing(...needs: readonly Need[]): string | undefined {
  const absent = needs.filter((need) => !isThere(need))
  return absent.length === 0 ? undefined : `needs ${absent.join(', ')}`
}

/** The path of a shared library; undefined when it is not installed. */
export function libraryPath(name: string): string | undefined {
  const folders = fs.existsSync('/usr/lib') ? fs.readdirSync('/usr/lib').map((folder) => `/usr/lib/${folder}`) : []
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file))
}

function isThere(need: Need): boolean {
  if (need === 'root') return process.getuid?.() === 0
  if (need === 'mounts') return canMount()
  if (need === 'libfuse3-dev') return spawnSync('pkg-config', ['--exists', 'fuse3']).status === 0
  if (need === 'loop devices') return spawnSync('losetup', ['--find']).status === 0
  const name = need.slice(need.lastIndexOf(' ') + 1)
  if (need.startsWith('library ')) return libraryPath(name) !== undefined
  if (need.startsWith('file system ')) return isInKernel(name)
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0
}

/** Built in, or a module that can be loaded. */
function isInKernel(fileSystem: string): boolean {
  spawnSync('modprobe', ['--quiet', fileSystem])
  return fs.readFileSync('/proc/filesystems', 'utf8').split(/\s+/).includes(fileSystem)
}

function canMount(): boolean {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ledgerd-mount-'))
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', 'none', folder]).status === 0
  if (isMounted) spawnSync('umount', [folder])
  fs.rmdirSync(folder)
  return isMounted
}
