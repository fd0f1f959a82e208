// The ledgers a frame asks for, judged apart from the frame: a string that is no id makes the request wrong and leaves
// the frame, and with it the connection, as good as any (PROTOCOL.md §3).
import type { ClientFrame } from './client-frames.ts'
import { checkLedgerId } from './ledger-id.ts'
import { checkLedgerPattern } from './ledger-pattern.ts'

/** Passes a frame that names ledger ids, and patterns where it may. Throws LEDGER_ID_INVALID about the first other name. */
export function checkRequestedLedgers(frame: ClientFrame): void {
  if (frame.t === 'append' || frame.t === 'get' || frame.t === 'stat') {
    checkLedgerId(frame.ledger)
  } else if (frame.t === 'follow') {
    frame.ledgers.forEach(checkLedgerPattern)
    if (frame.cursors !== undefined) Object.keys(frame.cursors).forEach(checkLedgerId)
  }
}
