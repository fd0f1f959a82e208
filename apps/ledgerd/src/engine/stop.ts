// What callers are told when a ledger stopped, and which command shows why.
import { LedgerError, type Outcome } from '@ledgerd/schema/errors'
import type { StopReason, StopSignal } from '../storage/stop-signal.ts'
import type { StopFacts } from './ports.ts'
import { remedyOf } from './stop-remedy.ts'

/** Since when, what was seen, what to do. */
export function stopFactsOf(stop: StopSignal): StopFacts {
  return {
    since: new Date(stop.sinceMs ?? 0).toISOString(),
    message: stop.message,
    remedy: remedyOf(stop.reason),
  }
}

/** About the schema and not the lines: `verify` would show nothing. */
const schemaReasons: ReadonlySet<StopReason> = new Set(['schema-unknown', 'schema-contradicted'])

/** About what lies behind the committed lines, which `verify` does not look at. */
const tailReasons: ReadonlySet<StopReason> = new Set(['tail-too-large', 'tail-in-doubt', 'damage-without-head'])

/**
 * The refusal of an append to a stopped ledger: why, since when, what to do, in one sentence and as `details`. A full disk
 * resumes by itself and is BUSY; a missing schema is SCHEMA_UNKNOWN.
 */
export function stoppedError(ledger: string, stop: StopSignal, outcome: Outcome): LedgerError {
  const { reason } = stop
  const { since, message, remedy } = stopFactsOf(stop)
  const sentence = `${ledger} takes no appends since ${since}: ${reason}, ${message}; ${remedy}`
  const details = { reason, since, remedy }
  if (reason === 'disk-full')
    return new LedgerError('BUSY', sentence, { outcome, retryAfterMs: 2000, details, cause: stop })
  if (schemaReasons.has(reason)) {
    const code = reason === 'schema-unknown' ? 'SCHEMA_UNKNOWN' : 'LEDGER_STOPPED'
    return new LedgerError(code, sentence, { outcome, details, cause: stop })
  }
  const command = tailReasons.has(reason) ? `ledgerd repair ${ledger} --data DIR` : `ledgerd verify ${ledger}`
  const options = { outcome, details: { ...details, command }, cause: stop }
  return new LedgerError('LEDGER_STOPPED', `${sentence}; run: ${command}`, options)
}

/** The refusal of a read from the first wrong line on. */
export function brokenError(ledger: string, seq: number, stop: StopSignal): LedgerError {
  const command = `ledgerd verify ${ledger}`
  return new LedgerError(
    'INTEGRITY_BROKEN',
    `line ${seq + 1} (seq ${seq}) of ${ledger} is not what was committed; run: ${command}`,
    {
      details: { seq, reason: stop.reason, command },
      cause: stop,
    },
  )
}
