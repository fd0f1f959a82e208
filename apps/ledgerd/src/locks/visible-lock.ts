// The lock that other programs and people can see: proper-lockfile in the ledger's sidecar. It is taken after the kernel
// lock, so one left behind by a ledgerd is known to be an orphan and removed at once. It decides nothing between ledgerds,
// but a program that knows no other lock and takes it is respected: before the next write, not after (reliability §4).
import fs from 'node:fs'
import path from 'node:path'
import { LedgerError } from '@ledgerd/schema/errors'
import lockfile from 'proper-lockfile'
import { syncFolder } from '../storage/durable.ts'
import { isDiskFull, isSystemError } from '../storage/stop-signal.ts'
import { describeHolder, type Holder, writeHolder } from './holder.ts'

export interface VisibleLock {
  /** Whether another program has it now, by what lies on disk. One that was merely removed is taken again. */
  check(): 'held' | 'taken'
  /** Called when the lock was found lost without anybody asking; asks `check` then. */
  onLost: (() => void) | undefined
  release(): Promise<void>
}

const staleMs = 20_000
const updateMs = 8000

/** Takes the visible lock of a ledger whose kernel lock is held. `onRemoved`: somebody took it away and it is taken again. */
export async function takeVisibleLock(
  ledgerFile: string,
  sidecar: string,
  holder: Holder,
  onRemoved: (sentence: string) => void,
): Promise<VisibleLock> {
  const holderFile = path.join(sidecar, 'holder.json')
  const place = new LockPlace(path.join(sidecar, 'lock'))
  const isNamed = fs.existsSync(holderFile)
  // A holder beside the lock means that a ledgerd took it; as the kernel lock is ours now, that one is gone. What the file
  // says does not matter: a power cut may have emptied it.
  if (isNamed) fs.rmSync(place.folder, { recursive: true, force: true })
  const isForeign = !isNamed && fs.existsSync(place.folder)
  // The name first, and durably: neither a kill nor a power cut leaves a lock of ours that nobody recognises. Only a lock of
  // others is asked for without it, so that ours is not found beside theirs.
  const name = (): void => writeHolder(holderFile, holder)
  const lock = new HeldLock(ledgerFile, place, name, onRemoved)
  try {
    if (!isForeign) name()
    await lock.take()
    if (isForeign) name()
  } catch (error) {
    if (isDiskFull(error)) {
      // Reading goes on where nothing can be written, and nobody is robbed: the kernel lock decides.
      lock.doWithout('there is no room on the disk for the visible lock; it is taken once there is')
      return lock
    }
    await lock.release()
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error
    throw new LedgerError('LEDGER_LOCKED', 'another program holds the visible lock of this ledger', {
      cause: error,
      retryAfterMs: 1000,
    })
  }
  return lock
}

class HeldLock implements VisibleLock {
  onLost: (() => void) | undefined
  readonly #ledgerFile: string
  readonly #place: LockPlace
  /** Says durably whose the lock will be. */
  readonly #name: () => void
  readonly #onRemoved: (sentence: string) => void
  /** It is not there, and that was said. */
  #isMissing = false
  #release: () => Promise<void> = () => Promise.resolve()
  /** While it is taken again nobody else can have it: the kernel lock is ours. */
  #taking: Promise<void> | undefined

  constructor(ledgerFile: string, place: LockPlace, name: () => void, onRemoved: (sentence: string) => void) {
    this.#ledgerFile = ledgerFile
    this.#place = place
    this.#name = name
    this.#onRemoved = onRemoved
  }

  /** Throws ELOCKED when another program has it. */
  async take(): Promise<void> {
    const { folder: lockfilePath } = this.#place
    this.#release = await lockfile.lock(this.#ledgerFile, {
      ...{ lockfilePath, realpath: false, stale: staleMs, update: updateMs },
      fs: this.#place.fs,
      onCompromised: () => this.onLost?.(),
    })
    this.#place.remember()
  }

  check(): 'held' | 'taken' {
    if (this.#taking !== undefined) return 'held'
    const standing = this.#place.look()
    if (standing === 'taken') return 'taken'
    // Ours may have come back with the folder it lies in; nobody keeps it fresh any more.
    if (standing === 'gone' || this.#isMissing) this.#takeAgain()
    return 'held'
  }

  async release(): Promise<void> {
    await this.#taking
    try {
      await this.#letGo()
      this.#place.removeOurs()
      const sidecar = path.dirname(this.#place.folder)
      // The lock's name goes before its holder's, in a power cut too.
      if (fs.existsSync(sidecar)) syncFolder(sidecar)
      fs.rmSync(path.join(sidecar, 'holder.json'), { force: true })
    } catch (error) {
      if (!isSystemError(error)) throw error
      // It keeps its name, by which the next ledgerd knows it. A disk that refuses this must not keep a daemon from ending.
      this.#onRemoved(`the visible lock could not be let go: ${String(error)}`)
    }
  }

  /** It could not be had; each check tries again. */
  doWithout(sentence: string): void {
    if (!this.#isMissing) this.#onRemoved(sentence)
    this.#isMissing = true
  }

  #takeAgain(): void {
    this.doWithout('the visible lock was removed by somebody; the ledger is still ours, and the lock is taken again')
    this.#taking = this.#letGo()
      .then(() => {
        this.#place.removeOurs()
        this.#name()
        return this.take()
      })
      .then(() => {
        this.#isMissing = false
      })
      .catch((error: NodeJS.ErrnoException) => {
        // Whoever was faster is found by the next check, which also tries again where the disk refused.
        if (error.code !== 'ELOCKED' && !isSystemError(error)) throw error
      })
      .finally(() => (this.#taking = undefined))
  }

  async #letGo(): Promise<void> {
    await this.#release().catch((error: NodeJS.ErrnoException) => {
      // Released or compromised already: the kernel lock decided all along.
      if (error.code !== 'ERELEASED' && error.code !== 'ENOTACQUIRED' && error.code !== 'ENOENT') throw error
    })
  }
}

/** The lock's folder, and which one there is ours. */
class LockPlace {
  readonly folder: string
  /** For proper-lockfile: removes nothing that another program put there. */
  readonly fs: Pick<typeof fs, 'mkdir' | 'stat' | 'utimes' | 'rmdir' | 'rmdirSync'>
  #ours: { readonly ino: number; readonly bornMs: number } | undefined
  #wasHad = false

  constructor(folder: string) {
    this.folder = folder
    const rmdir = (name: string, done: (error: NodeJS.ErrnoException | null) => void): void => {
      if (this.#isTaken()) done(null)
      else fs.rmdir(name, done)
    }
    const rmdirSync = (name: string): void => {
      if (!this.#isTaken()) fs.rmdirSync(name)
    }
    const { mkdir, stat, utimes } = fs
    this.fs = { mkdir, stat, utimes, rmdir: rmdir as typeof fs.rmdir, rmdirSync: rmdirSync as typeof fs.rmdirSync }
  }

  /** A lock that cannot be looked at now is known by its place alone. */
  remember(): void {
    const there = this.#stat()
    this.#wasHad = true
    if (typeof there === 'string') this.#ours = undefined
    // Inodes are used again at once, so the time of birth counts too; a file system that keeps none says 0 of every one.
    else this.#ours = { ino: there.ino, bornMs: there.birthtimeMs }
  }

  removeOurs(): void {
    if (this.#wasHad && this.look() === 'ours') fs.rmdirSync(this.folder)
  }

  #isTaken(): boolean {
    return this.#wasHad && this.look() === 'taken'
  }

  /** One that was never had is not ours. */
  look(): 'ours' | 'gone' | 'taken' {
    const [there, ours] = [this.#stat(), this.#ours]
    if (there === 'gone') return 'gone'
    if (!this.#wasHad) return 'taken'
    if (there === 'unseen' || ours === undefined) return 'ours'
    return there.ino === ours.ino && there.birthtimeMs === ours.bornMs ? 'ours' : 'taken'
  }

  /** A disk that refuses the look robs nobody: the kernel lock decides, and each write looks at the ledger itself. */
  #stat(): fs.Stats | 'gone' | 'unseen' {
    try {
      return fs.lstatSync(this.folder, { throwIfNoEntry: false }) ?? 'gone'
    } catch (error) {
      if (!isSystemError(error)) throw error
      return 'unseen'
    }
  }
}

/** The refusal of a second writer, naming the holder. */
export function lockedError(what: string, holder: Holder | undefined): LedgerError {
  return new LedgerError('LEDGER_LOCKED', `${what} is held by ${describeHolder(holder)}; stop that one, or wait`, {
    retryAfterMs: 1000,
    details: holder === undefined ? {} : { holder },
  })
}
