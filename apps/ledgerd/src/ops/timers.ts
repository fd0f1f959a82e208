// Time as a port: the daemon's parts say what should happen when; only main.ts owns a clock (monotonic, so that a jump of
// the wall clock moves nothing).

export interface Timers {
  /** Monotonic milliseconds. */
  now(): number
  /** Runs once; returns the canceller. */
  after(delayMs: number, run: () => void): () => void
  /** Runs again and again; returns the canceller. */
  every(periodMs: number, run: () => void): () => void
}
