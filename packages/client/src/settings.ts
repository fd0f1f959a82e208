// Every limit and default of the client, with its unit in its name. Nothing else in the client decides a bound.
import { LedgerError } from '@ledgerd/schema'

export interface Settings {
  /** How long a call retries before it rejects with DEADLINE, UNREACHABLE or the last refusal. */
  readonly deadlineMs: number
  /** Dialling, upgrade and welcome together. */
  readonly connectTimeoutMs: number
  /** Full jitter between these, doubling with each attempt. */
  readonly retryDelayMinMs: number
  readonly retryDelayMaxMs: number
  /** Draft bytes in one append frame, and such frames without an answer. */
  readonly batchBytesMax: number
  readonly batchesInFlight: number
  /** Draft bytes without an answer per ledger; above it `append` waits. */
  readonly queueBytesMax: number
  /** Appends that may wait for that room. QUEUE_FULL. */
  readonly waitingAppendsMax: number
  /** Unread bytes a stream may hold. */
  readonly creditBytes: number
  /** How long `flush()` waits. */
  readonly flushTimeoutMs: number
}

export const defaultSettings: Settings = {
  deadlineMs: 30_000,
  connectTimeoutMs: 5000,
  retryDelayMinMs: 100,
  retryDelayMaxMs: 10_000,
  batchBytesMax: 1 << 20,
  batchesInFlight: 32,
  queueBytesMax: 16 << 20,
  waitingAppendsMax: 65_536,
  creditBytes: 1 << 20,
  flushTimeoutMs: 5000,
}

/** Drafts in one append frame until the daemon has said how many it takes. */
export const batchLinesDefault: number = 8192
/** Missed heartbeats after which a daemon counts as dead (PROTOCOL.md §2). */
export const missedHeartbeatsMax: number = 3
/** A live stream of a ledger that does not exist yet looks for it at least this often. */
export const creationPollMsMax: number = 1000
/** Types of undeclared lines that are counted by name. */
export const undeclaredTypesMax: number = 256
/** Statuses kept for a reader of `status()` that does not come; the oldest go first. */
export const statusesKeptMax: number = 1024

const bounds: Readonly<Record<keyof Settings, readonly [min: number, max: number]>> = {
  deadlineMs: [1, 2 ** 31 - 1],
  connectTimeoutMs: [1, 2 ** 31 - 1],
  retryDelayMinMs: [0, 2 ** 31 - 1],
  retryDelayMaxMs: [0, 2 ** 31 - 1],
  batchBytesMax: [1, 1 << 20],
  batchesInFlight: [1, 64],
  queueBytesMax: [1, 2 ** 31 - 1],
  waitingAppendsMax: [1, 2 ** 31 - 1],
  creditBytes: [128 << 10, 1 << 20],
  flushTimeoutMs: [0, 2 ** 31 - 1],
}

/** The defaults with what the caller gave in their place. Throws CONFIG_INVALID for a value out of bounds. */
export function resolveSettings(given: Partial<Settings>): Settings {
  const settings: Record<keyof Settings, number> = { ...defaultSettings }
  for (const name of Object.keys(bounds) as (keyof Settings)[]) {
    const value = given[name]
    if (value === undefined) continue
    const [min, max] = bounds[name]
    if (!Number.isSafeInteger(value) || value < min || value > max) {
      throw new LedgerError('CONFIG_INVALID', `${name} must be an integer from ${min} to ${max}, not ${String(value)}`)
    }
    settings[name] = value
  }
  return settings
}
