// `.ledgerd/tokens.json`: the grants of made tokens. Written whole, durably and under a lock by `ledgerd token`; watched by
// the daemon by its stamp. Only hashes are in it, but whoever can write it can let anybody in, so it is private.
import fs from 'node:fs'
import path from 'node:path'
import { LedgerError } from '@ledgerd/schema/errors'
import { tryKernelLock } from '../locks/kernel-lock.ts'
import { writeFileDurably } from './durable.ts'
import { readPrivateFile } from './private-file.ts'

export class TokenFile {
  readonly path: string

  constructor(sidecarRoot: string) {
    this.path = path.join(sidecarRoot, 'tokens.json')
  }

  /** Differs after every change to content, mode, owner or names. */
  stamp(): string {
    const stat = fs.lstatSync(this.path, { bigint: true, throwIfNoEntry: false })
    return stat === undefined ? 'none' : `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`
  }

  /** Undefined when there is none. Throws CONFIG_INVALID for one that is wider than its owner, linked or foreign. */
  read(): string | undefined {
    try {
      return readPrivateFile(this.path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  /** Replaces the text by what `change` makes of it; whoever comes in between is refused. Throws LEDGER_LOCKED. */
  update(change: (text: string | undefined) => string): void {
    const { O_RDWR, O_CREAT, O_NOFOLLOW } = fs.constants
    const fd = fs.openSync(`${this.path}.lock`, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
    try {
      if (!tryKernelLock(fd))
        throw new LedgerError('LEDGER_LOCKED', `another command is changing ${this.path}; run this one again`)
      writeFileDurably(this.path, change(this.read()))
    } finally {
      fs.closeSync(fd)
    }
  }
}

/** The token file of a data folder; undefined when no daemon has served the folder. */
export function openTokenFile(dataFolder: string): TokenFile | undefined {
  const sidecarRoot = path.join(path.resolve(dataFolder), '.ledgerd')
  const stat = fs.lstatSync(sidecarRoot, { throwIfNoEntry: false })
  return stat?.isDirectory() === true ? new TokenFile(sidecarRoot) : undefined
}
