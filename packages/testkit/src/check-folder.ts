// Judges a whole data folder: every ledger in it, and every ledger that evidence names.
import { checkLedger, type LedgerCheck } from './check-ledger.ts'
import type { Violation } from './evidence.ts'
import { type FolderImage, ledgerBytes, ledgersOf } from './folder-image.ts'

export type FolderCheck = Omit<LedgerCheck, 'ledger' | 'bytes'> & { readonly image: FolderImage }

/** Everything wrong in a folder; a ledger that receipts name and that is not there has lost all its lines. */
export function checkFolder({ image, ...check }: FolderCheck): Violation[] {
  const named = [...check.evidence.receipts, ...check.evidence.followers.flat()].map(({ ledger }) => ledger)
  const ledgers = new Set([...ledgersOf(image), ...named])
  return [...ledgers].flatMap((ledger) => checkLedger({ ...check, ledger, bytes: ledgerBytes(image, ledger) }))
}
