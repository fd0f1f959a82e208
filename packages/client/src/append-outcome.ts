// What an answer says of a draft: the lines of an `outcomes` body (PROTOCOL.md §3), and how far a refusal can be believed.
import type { OutcomeLine } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema'

const utf8 = new TextDecoder()

/** Throws FRAME_INVALID. */
export function parseOutcome(line: Uint8Array | undefined): OutcomeLine {
  let value: Partial<Record<string, unknown>> | null
  try {
    value = JSON.parse(utf8.decode(line)) as typeof value
  } catch (cause) {
    throw new LedgerError('FRAME_INVALID', 'an outcome is not JSON', { cause })
  }
  const isReceipt = typeof value?.['eventId'] === 'string' && Number.isSafeInteger(value['seq'])
  const isRefusal = typeof value?.['error'] === 'object' && value['error'] !== null
  if (!isReceipt && !isRefusal) throw new LedgerError('FRAME_INVALID', 'an outcome is neither a receipt nor an error')
  return value as unknown as OutcomeLine
}

/** Refusals that come after a look for the draft's identity: an earlier sending of it did not arrive. */
const judgedByIdentity: ReadonlySet<string> = new Set(['EXPECT_FAILED', 'INVARIANT_VIOLATED'])

/** The refusal of a draft that was sent before: whoever refused it this time need not know of the first time. */
export function withDoubt(error: LedgerError): LedgerError {
  const { code, outcome, details, retryAfterMs } = error
  if (outcome !== 'absent' || judgedByIdentity.has(code)) return error
  const retryAfter = retryAfterMs === undefined ? {} : { retryAfterMs }
  return new LedgerError(code, textOf(error), { outcome: 'unknown', details, cause: error, ...retryAfter })
}

/** The message without the code in front. */
export function textOf(error: LedgerError): string {
  return error.message.slice(error.code.length + 2)
}
