// Which outcome of a lineage counts. No old row is edited: a version is superseded or retracted by a later record that
// repeats its id and version (formats §6.4).
import type { OutcomeStatus } from './outcome-record.ts'

/** The members of an outcome record that tell. */
export interface LineageRecord {
  readonly outcome_id: string
  readonly version: number
  readonly status: OutcomeStatus
}

/**
 * The current outcome of one lineage, given its records in the order of the ledger: the highest version that is neither
 * superseded nor retracted, as its latest record states it. Undefined if there is none.
 */
export function currentOutcome<Outcome extends LineageRecord>(records: Iterable<Outcome>): Outcome | undefined {
  const latest = new Map<number, Outcome>()
  for (const record of records) {
    const known = latest.get(record.version)
    const isStatusOnly = record.status === 'superseded' || record.status === 'retracted'
    // A draft never replaces a final, and nothing else replaces either.
    if (known === undefined || (isStatusOnly && known.outcome_id === record.outcome_id))
      latest.set(record.version, record)
  }
  let current: Outcome | undefined
  for (const record of latest.values()) {
    if (record.status === 'superseded' || record.status === 'retracted') continue
    if (current === undefined || record.version > current.version) current = record
  }
  return current
}
