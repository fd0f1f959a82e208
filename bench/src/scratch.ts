// The folder everything of a run happens in: one file system for all contenders, a real one, removed at the end.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LedgerError } from '@ledgerd/schema'

/** The magic numbers of statfs(2) worth naming. */
const fileSystems: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x2fc12fc1, 'zfs'],
  [0x794c7630, 'overlay'],
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
])

const volatileFileSystems = new Set(['tmpfs', 'ramfs'])

/** The name of the file system a folder lies on, or the magic number of one without a name here. */
export function fileSystemOf(folder: string): string {
  const { type } = statfsSync(folder)
  return fileSystems.get(type) ?? `0x${type.toString(16)}`
}

export class Scratch {
  readonly folder: string
  readonly fileSystem: string
  #nextName = 0

  /**
   * Makes the folder below `parent`, or below the system's temporary folder, or /var/tmp when that is memory.
   * Throws CONFIG_INVALID where nothing could be durable.
   */
  constructor(parent: string | undefined) {
    const above = parent ?? (volatileFileSystems.has(fileSystemOf(tmpdir())) ? '/var/tmp' : tmpdir())
    this.fileSystem = fileSystemOf(above)
    if (volatileFileSystems.has(this.fileSystem)) {
      throw new LedgerError(
        'CONFIG_INVALID',
        `${above} is ${this.fileSystem}, on which no sync means anything; use --dir`,
      )
    }
    this.folder = mkdtempSync(join(above, 'ledgerd-bench-'))
    // A database that refuses to run as root must be able to pass through.
    chmodSync(this.folder, 0o711)
  }

  /** A new empty folder, short enough for a socket path below it. */
  makeFolder(name: string): string {
    const folder = join(this.folder, `${name}-${this.#nextName++}`)
    mkdirSync(folder, { mode: 0o700 })
    return folder
  }

  remove(): void {
    // A process that was killed a moment ago may still be writing.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}
