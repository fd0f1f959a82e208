// How the daemon goes: no new connections, DRAINING to new appends, what is in flight is finished, streams end with a
// word, ledgers are closed, the folder is let go. A peer that does not let go is cut off when the time is up; what a disk
// refuses to close is said, and everything else is closed all the same.
import type { Health } from './health.ts'
import type { Log } from './log.ts'
import type { Timers } from './timers.ts'

export interface DrainParts {
  readonly health: Health
  readonly doors: { drain(): Promise<void>; destroy(): void }
  readonly engine: { close(): Promise<void> }
  /** The lock on the data folder. */
  readonly lock: { release(): void }
  readonly log: Log
  readonly timers: Timers
  readonly drainTimeoutMs: number
}

/** Settles when everything is closed, or was tried to be: false when something was refused, which the log says. */
export async function drain(parts: DrainParts): Promise<boolean> {
  const { health, doors, engine, lock, log, timers, drainTimeoutMs } = parts
  health.phase = 'draining'
  log.info('draining')
  const cancel = timers.after(drainTimeoutMs, () => {
    log.warn('draining takes too long, cutting off who is left', { drainTimeoutMs })
    doors.destroy()
  })
  const refusals: unknown[] = []
  const closing = [() => doors.drain().finally(cancel), () => engine.close(), async () => lock.release()]
  for (const close of closing) await close().catch((error: unknown) => refusals.push(error))
  if (refusals.length === 0) log.info('stopped')
  else log.error('stopped, but not everything could be closed', { reason: refusals.map(String).join('; ') })
  return refusals.length === 0
}
