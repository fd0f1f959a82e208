// The lock that other programs and people can see: proper-lockfile in the ledger's sidecar. It is taken after the kernel
// lock, so one left behind by a ledgerd is known to be an orphan and removed at once; it never decides (reliability §4).
import fs from 'node:fs'
import path from 'node:path'
import { LedgerError } from '@ledgerd/schema'
import lockfile from 'proper-lockfile'
import { describeHolder, type Holder, writeHolder } from './holder.ts'

export interface VisibleLock {
  release(): Promise<void>
}

/** Takes the visible lock of a ledger whose kernel lock is held. `onCompromised` raises an alarm; it does not stop the ledger. */
export async function takeVisibleLock(
  ledgerFile: string,
  sidecar: string,
  holder: Holder,
  onCompromised: (error: Error) => void,
): Promise<VisibleLock> {
  const lockfilePath = path.join(sidecar, 'lock')
  const holderFile = path.join(sidecar, 'holder.json')
  removeOrphan(lockfilePath, holderFile)
  // The name first: killed between the two, the next ledgerd must recognise the lock as one of its own.
  writeHolder(holderFile, holder)
  try {
    const options = { lockfilePath, realpath: false, stale: 20_000, update: 8000, onCompromised }
    const release = await lockfile.lock(ledgerFile, options)
    return {
      release: async () => {
        await release().catch((error: NodeJS.ErrnoException) => {
          // Released or compromised already: the kernel lock decided all along.
          if (error.code !== 'ERELEASED' && error.code !== 'ENOTACQUIRED' && error.code !== 'ENOENT') throw error
        })
        fs.rmSync(holderFile, { force: true })
      },
    }
  } catch (error) {
    fs.rmSync(holderFile, { force: true })
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error
    throw new LedgerError('LEDGER_LOCKED', `another program holds the visible lock ${path.basename(lockfilePath)}`, {
      cause: error,
      retryAfterMs: 1000,
    })
  }
}

/**
 * A holder file beside the lock means that a ledgerd took it; as the kernel lock is ours now, that one is gone. Its content
 * does not matter: it was never synced, and a power cut may have emptied it.
 */
function removeOrphan(lockfilePath: string, holderFile: string): void {
  if (!fs.existsSync(holderFile)) return
  fs.rmSync(lockfilePath, { recursive: true, force: true })
  fs.rmSync(holderFile, { force: true })
}

/** The refusal of a second writer, naming the holder. */
export function lockedError(what: string, holder: Holder | undefined): LedgerError {
  return new LedgerError('LEDGER_LOCKED', `${what} is held by ${describeHolder(holder)}; stop that one, or wait`, {
    retryAfterMs: 1000,
    details: holder === undefined ? {} : { holder },
  })
}
