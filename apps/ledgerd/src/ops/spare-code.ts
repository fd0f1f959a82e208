// Code that no ledger has needed so far is loaded all the same, once the daemon serves: later there might be no file
// descriptor left for it, and an upgrade may have put another version of it on the disk.
import { LedgerError } from '@ledgerd/schema/errors'
import type { Log } from './log.ts'
import type { Timers } from './timers.ts'

export interface SpareCode {
  readonly timers: Pick<Timers, 'after'>
  readonly log: Pick<Log, 'warn' | 'error'>
  readonly delayMs: number
  /** What the next request will most likely need. */
  readonly loadUsual: () => Promise<void>
  /** Everything else. */
  readonly loadRest: () => Promise<void>
}

/**
 * Begins loading now, and the rest after the delay; after another one, again and again, while there is no room for it. What
 * does not load is told in the log, and to whoever needs it.
 */
export function loadSpareCode({ timers, log, delayMs, loadUsual, loadRest }: SpareCode): void {
  const hear = (error: unknown): 'again' | 'never' => {
    const mayPass = error instanceof LedgerError && error.retryable
    if (mayPass) log.warn('code cannot be loaded now', { reason: error.message })
    else log.error('code is missing', { reason: String(error) })
    return mayPass ? 'again' : 'never'
  }
  const restLater = (): void => {
    timers.after(delayMs, () => {
      loadRest().catch((error: unknown) => {
        if (hear(error) === 'again') restLater()
      })
    })
  }
  loadUsual().catch(hear)
  restLater()
}
