// One daemon per data folder: a kernel lock on `.ledgerd/daemon.json`, which names the holder.
import fs from 'node:fs'
import path from 'node:path'
import { tryKernelLock } from './kernel-lock.ts'
import { type Holder, readHolder } from './holder.ts'
import { lockedError } from './visible-lock.ts'

export interface FolderLock {
  release(): void
}

/** Takes the folder for this process. Throws LEDGER_LOCKED naming the holder's pid, host and start. */
export function lockFolder(sidecarRoot: string, holder: Holder): FolderLock {
  const file = path.join(sidecarRoot, 'daemon.json')
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = fs.constants
  const fd = fs.openSync(file, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
  if (!tryKernelLock(fd)) {
    fs.closeSync(fd)
    throw lockedError('this data folder', readHolder(file))
  }
  fs.ftruncateSync(fd, 0)
  fs.writeSync(fd, `${JSON.stringify(holder)}\n`, 0)
  return {
    release: () => {
      fs.ftruncateSync(fd, 0)
      fs.closeSync(fd)
    },
  }
}
