// The lock that decides: flock(2) on an open descriptor. It cannot be stolen, is gone with the process, and excludes the
// original Python writer of world-events (reliability: one writer). Taken through util-linux `flock` on an inherited
// descriptor: the lock belongs to the open file description, which this process keeps.
import { spawn, spawnSync } from 'node:child_process'
import { LedgerError } from '@ledgerd/schema/errors'

/** Programs asked at once by `waitForKernelLock`; beyond it callers wait for their turn, a few milliseconds each. */
const programsMax = 8

let programCount = 0
const turns: (() => void)[] = []

/**
 * True when the lock is held now; false when someone else holds it. Throws CONFIG_INVALID without the `flock` program and
 * where the file system does not lock, BUSY when the program was killed.
 */
export function tryKernelLock(fd: number): boolean {
  const { status, signal, error, stderr } = spawnSync('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'pipe', fd] })
  if (error !== undefined) throw startingFailed(error)
  return answerOf({ status, signal, said: stderr.toString() })
}

/** Waits up to `timeoutMs` for the lock without blocking the event loop. Throws as `tryKernelLock` does. */
export async function waitForKernelLock(fd: number, timeoutMs: number): Promise<boolean> {
  if (await inTurn(() => runFlock(['-n', '3'], fd))) return true
  // Who waits for another holder keeps nobody else from asking.
  return await runFlock(['-w', String(timeoutMs / 1000), '3'], fd)
}

async function inTurn<Result>(ask: () => Promise<Result>): Promise<Result> {
  if (programCount >= programsMax) await new Promise<void>((resolve) => turns.push(resolve))
  else programCount++
  try {
    return await ask()
  } finally {
    // Whoever is next takes over this place.
    const next = turns.shift()
    if (next === undefined) programCount--
    else next()
  }
}

async function runFlock(args: readonly string[], fd: number): Promise<boolean> {
  const ended = new Promise<Ended>((resolve, reject) => {
    const child = spawn('flock', args, { stdio: ['ignore', 'ignore', 'pipe', fd] })
    let said = ''
    child.stderr?.on('data', (text: Buffer) => (said += text.toString()))
    child.once('error', (error) => reject(startingFailed(error)))
    child.once('close', (status, signal) => resolve({ status, signal, said }))
  })
  return answerOf(await ended)
}

interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly said: string
}

/** `flock` ends with 1 when someone else has the lock. Any other end says nothing about who has it. */
function answerOf({ status, signal, said }: Ended): boolean {
  if (status === 0 || status === 1) return status === 0
  if (signal !== null) throw killed(signal)
  const reason = said.trim() || `flock ended with ${status}`
  throw new LedgerError(
    'CONFIG_INVALID',
    `the file cannot be locked (${reason}); ledgers need a file system with flock(2), such as a local disk`,
  )
}

/** By an operator, or by a system that has no memory left; the file system has no part in it. */
function killed(signal: NodeJS.Signals): LedgerError {
  const sentence = `the program \`flock\` was ended by ${signal} before it could say who has the lock; try again`
  const details = { reason: 'out-of-resources' }
  return new LedgerError('BUSY', sentence, { outcome: 'absent', retryAfterMs: 1000, details })
}

/** A program that is not there is for the operator; descriptors or processes that ran out are for whoever called. */
function startingFailed(cause: NodeJS.ErrnoException): Error {
  if (cause.code !== 'ENOENT') return cause
  return new LedgerError(
    'CONFIG_INVALID',
    'the program `flock` (Debian: util-linux) is needed to lock ledgers; install it',
    {
      cause,
    },
  )
}
