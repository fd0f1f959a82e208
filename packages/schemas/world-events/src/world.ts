// Which world a ledger records: the last segment of its id, which is also the file's stem (formats §2.1).
import { LedgerError } from '@ledgerd/schema'

const worldPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/

/** The world that the lines of `ledger` must name. */
export function worldOf(ledger: string): string {
  return ledger.slice(ledger.lastIndexOf('/') + 1)
}

/** The world of a ledger that is about to be written. Throws LEDGER_ID_INVALID (formats §2.1). */
export function writableWorldOf(ledger: string): string {
  const world = worldOf(ledger)
  if (worldPattern.test(world)) return world
  throw new LedgerError('LEDGER_ID_INVALID', `"${world}" is no world id; use letters, digits, "_", "." and "-".`, {
    details: { ledger },
  })
}
