// The process as the daemon's parts see it: its timers and its signals, and what it must not be started with.
import { LedgerError } from '@ledgerd/schema/errors'
import type { Timers } from './timers.ts'

/** Real timers over a monotonic clock that the caller brings. */
export function processTimers(now: () => number): Timers {
  return {
    now,
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
    every: (periodMs, run) => {
      const timer = setInterval(run, periodMs)
      return () => clearInterval(timer)
    },
  }
}

/** Writes through io_uring cannot be watched or tested the way commits are. Throws CONFIG_INVALID. */
export function refuseIoUring(env: Readonly<Record<string, string | undefined>>): void {
  const value = env['UV_USE_IO_URING'] ?? '0'
  if (value !== '0') throw new LedgerError('CONFIG_INVALID', 'UV_USE_IO_URING is set; start without it')
}

/** A write beyond the limit for files fails as any other and stops its ledger, where the signal would end the process. */
export function outliveFileSizeLimit(): void {
  process.on('SIGXFSZ', () => {})
}

/** SIGHUP asks to read files again, where it would otherwise end the process. */
export function onHangup(run: () => void): void {
  process.on('SIGHUP', run)
}

const signalNumbers = { SIGINT: 2, SIGTERM: 15 } as const

/** Settles with the first signal that asks to stop. A second one ends the process at once. */
export async function stopSignal(): Promise<keyof typeof signalNumbers> {
  return await new Promise((resolve) => {
    let isStopping = false
    const onSignal = (name: keyof typeof signalNumbers): void => {
      if (isStopping) process.exit(128 + signalNumbers[name])
      isStopping = true
      resolve(name)
    }
    process.on('SIGINT', () => onSignal('SIGINT'))
    process.on('SIGTERM', () => onSignal('SIGTERM'))
  })
}
