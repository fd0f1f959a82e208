// Waits for the end of an attempt that someone else runs.
import { LedgerError } from '@ledgerd/schema'
import type { JobLedger } from './once-ledger.ts'
import type { Effect } from './once-record.ts'
import { stateOf } from './once-state.ts'
import type { EffectState } from './once-state.ts'
import type { Platform } from './platform.ts'
import type { Wait } from './request.ts'
import { defaultSettings } from './settings.ts'

/** The first record behind `state` that ends the attempt; undefined when the time is over. Throws ABORTED, and as `follow`. */
export async function watchForEnd(
  ledger: JobLedger,
  effect: Effect,
  state: EffectState,
  { signal, deadlineMs = defaultSettings.deadlineMs }: Wait,
  platform: Platform,
): Promise<EffectState | undefined> {
  const stop = new AbortController()
  const leave = (): void => stop.abort()
  const cancel = platform.startTimer(leave, deadlineMs)
  signal?.addEventListener('abort', leave, { once: true })
  if (signal?.aborted === true) leave()
  try {
    const from = state.event.seq + 1
    for await (const event of ledger.follow({ from, types: ['job'], signal: stop.signal })) {
      const next = stateOf(event, effect)
      if (next !== undefined && next.job.status !== 'queued' && next.job.status !== 'running') return next
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    cancel()
    signal?.removeEventListener('abort', leave)
  }
  if (signal?.aborted === true)
    throw new LedgerError('ABORTED', 'the caller aborted', { cause: signal.reason, outcome: 'absent' })
  return undefined
}
