// How the daemon goes: no new connections, DRAINING to new appends, what is in flight is finished, streams end with a
// word, ledgers are closed. A peer that does not let go is cut off when the time is up.
import type { Health } from './health.ts'
import type { Log } from './log.ts'
import type { Timers } from './timers.ts'

export interface DrainParts {
  readonly health: Health
  readonly doors: { drain(): Promise<void>; destroy(): void }
  readonly engine: { close(): Promise<void> }
  readonly log: Log
  readonly timers: Timers
  readonly drainTimeoutMs: number
}

/** Settles when everything is closed. */
export async function drain(parts: DrainParts): Promise<void> {
  const { health, doors, engine, log, timers, drainTimeoutMs } = parts
  health.phase = 'draining'
  log.info('draining')
  const cancel = timers.after(drainTimeoutMs, () => {
    log.warn('draining takes too long, cutting off who is left', { drainTimeoutMs })
    doors.destroy()
  })
  await doors.drain()
  cancel()
  await engine.close()
  log.info('stopped')
}
