// How long to wait before trying again: full jitter, so that a thousand clients of a restarted daemon do not come back in
// step. The daemon's retryAfterMs is a floor under it.

export interface BackOffRange {
  readonly retryDelayMinMs: number
  readonly retryDelayMaxMs: number
}

/** The delay before attempt `attempt` (from 1). `random` is from 0 up to, not including, 1. */
export function backOffMs(attempt: number, range: BackOffRange, random: number, floorMs = 0): number {
  const ceilingMs = Math.min(range.retryDelayMaxMs, range.retryDelayMinMs * 2 ** Math.min(attempt - 1, 30))
  return Math.max(floorMs, Math.floor(random * (ceilingMs + 1)))
}
