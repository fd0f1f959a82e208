// One daemon per data folder: a kernel lock on `.ledgerd/daemon.json`, which names the holder.
import fs from 'node:fs'
import path from 'node:path'
import { isDiskFull, isSystemError } from '../storage/stop-signal.ts'
import { tryKernelLock } from './kernel-lock.ts'
import { type Holder, readHolder } from './holder.ts'
import { lockedError } from './visible-lock.ts'

export interface FolderLock {
  release(): void
}

/** How long a holder may take from its lock to its name, or to its end, and how often that is looked at. */
const namingPatienceMs = 5000
const namingLookMs = 20

/** Takes the folder for this process. Throws LEDGER_LOCKED naming the holder's pid, host and start. */
export function lockFolder(sidecarRoot: string, holder: Holder, patienceMs: number = namingPatienceMs): FolderLock {
  const file = path.join(sidecarRoot, 'daemon.json')
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = fs.constants
  const fd = fs.openSync(file, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
  const taking = takeLock(fd, file, holder.host, patienceMs)
  if (!taking.isTaken) {
    fs.closeSync(fd)
    throw lockedError('this data folder', taking.rival)
  }
  try {
    fs.ftruncateSync(fd, 0)
    fs.writeSync(fd, `${JSON.stringify(holder)}\n`, 0)
  } catch (error) {
    // Reading goes on where nothing can be written. The kernel lock decides, and rivals are told of no holder that is dead.
    if (!isDiskFull(error)) throw error
  }
  return {
    release: () => {
      try {
        fs.ftruncateSync(fd, 0)
      } catch (error) {
        // On a disk that takes nothing any more the name stays, of a process that will be known for dead.
        if (!isSystemError(error)) throw error
      }
      fs.closeSync(fd)
    },
  }
}

type Taking = { readonly isTaken: true } | { readonly isTaken: false; readonly rival: Holder | undefined }

/**
 * Takes the kernel lock, or says who has it. Until a holder has written its name there is none, or that of one that was
 * killed; and the `flock` that a killed daemon was waiting for has the lock until it ends by itself.
 */
function takeLock(fd: number, file: string, host: string, patienceMs: number): Taking {
  for (let waitedMs = 0; ; waitedMs += namingLookMs) {
    if (tryKernelLock(fd)) return { isTaken: true }
    const rival = readHolder(file)
    if (rival !== undefined && (rival.host !== host || isAlive(rival.pid))) return { isTaken: false, rival }
    if (waitedMs >= patienceMs) return { isTaken: false, rival: undefined }
    // Nothing is served yet that could be held up.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, namingLookMs)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Anything but "no such process" is the answer of one that lives.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
