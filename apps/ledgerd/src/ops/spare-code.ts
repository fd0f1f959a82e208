// Code that no ledger has needed so far is loaded all the same, once the daemon serves: later there might be no file
// descriptor left for it, and an upgrade may have put another version of it on the disk.
import type { Log } from './log.ts'
import type { Timers } from './timers.ts'

export interface SpareCode {
  readonly timers: Pick<Timers, 'after'>
  readonly log: Pick<Log, 'error'>
  readonly delayMs: number
  /** What the next request will most likely need. */
  readonly loadUsual: () => Promise<void>
  /** Everything else. */
  readonly loadRest: () => Promise<void>
}

/** Begins loading now, and the rest after the delay. What does not load is told in the log, and to whoever needs it. */
export function loadSpareCode({ timers, log, delayMs, loadUsual, loadRest }: SpareCode): void {
  const tell = (error: unknown): void => log.error('code is missing', { reason: String(error) })
  loadUsual().catch(tell)
  timers.after(delayMs, () => void loadRest().catch(tell))
}
