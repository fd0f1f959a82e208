// One writer at a time for a file that is replaced by renaming: a kernel lock on a file beside it. It is gone with the
// process that held it, however that ended. Taken through util-linux `flock` on an inherited descriptor: the lock belongs
// to the open file description, which this process keeps.
import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { LedgerError } from '@ledgerd/schema'

/**
 * Holds `<file>.lock` until disposed of. The lock file stays: removing it would let two writers lock two files of one
 * name. Throws LEDGER_LOCKED after `timeoutMs`, CONFIG_INVALID where there is no `flock` program.
 */
export async function lockFile(file: string, timeoutMs: number): Promise<AsyncDisposable> {
  const handle = await open(`${file}.lock`, 'a', 0o666)
  try {
    if (!(await waitForLock(handle.fd, timeoutMs))) throw locked(file, timeoutMs)
  } catch (error) {
    await handle.close()
    throw error
  }
  return { [Symbol.asyncDispose]: () => handle.close() }
}

const heldByAnother = 1

async function waitForLock(fd: number, timeoutMs: number): Promise<boolean> {
  const args = timeoutMs > 0 ? ['-w', String(timeoutMs / 1000), '3'] : ['-n', '3']
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn('flock', args, { stdio: ['ignore', 'ignore', 'ignore', fd] })
    child.once('error', (cause) => reject(missingProgram(cause)))
    child.once('exit', resolve)
  })
  if (code === 0 || code === heldByAnother) return code === 0
  throw new LedgerError('INTERNAL', `the program flock ended with ${code}`, { outcome: 'absent' })
}

function locked(file: string, timeoutMs: number): LedgerError {
  const sentence = `another process is writing ${file}; it was waited for ${timeoutMs} ms`
  return new LedgerError('LEDGER_LOCKED', sentence, { details: { file, timeoutMs } })
}

function missingProgram(cause: Error): LedgerError {
  const sentence = 'the program `flock` (Debian: util-linux) is needed to write build states; install it'
  return new LedgerError('CONFIG_INVALID', sentence, { cause })
}
