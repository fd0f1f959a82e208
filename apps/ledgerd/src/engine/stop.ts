// What callers are told when a ledger stopped, and which command shows why.
import { LedgerError, type Outcome } from '@ledgerd/schema/errors'
import type { StopSignal } from '../storage/stop-signal.ts'
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

/** The refusal of an append to a stopped ledger. A full disk resumes by itself and is BUSY; a schema is for the operator. */
export function stoppedError(ledger: string, stop: StopSignal, outcome: Outcome): LedgerError {
  const command = `ledgerd verify ${ledger}`
  const { since, remedy } = stopFactsOf(stop)
  const details = { reason: stop.reason, since, remedy, command }
  if (stop.reason === 'disk-full') {
    const sentence = `the disk is full (${stop.message}); appends go on by themselves once there is space`
    return new LedgerError('BUSY', sentence, { outcome, retryAfterMs: 2000, details, cause: stop })
  }
  if (stop.reason === 'schema-unknown') {
    const why = `${ledger} takes no appends: ${stop.message}`
    return new LedgerError('SCHEMA_UNKNOWN', why, {
      outcome,
      details: { reason: stop.reason, since, remedy },
      cause: stop,
    })
  }
  if (stop.reason === 'schema-contradicted') {
    const why = `${ledger} takes no appends: ${stop.message}`
    return new LedgerError('LEDGER_STOPPED', why, {
      outcome,
      details: { reason: stop.reason, since, remedy },
      cause: stop,
    })
  }
  const sentence = `${ledger} takes no appends since ${since}: ${stop.reason}, ${stop.message}; ${remedy}; run: ${command}`
  return new LedgerError('LEDGER_STOPPED', sentence, { outcome, details, cause: stop })
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
