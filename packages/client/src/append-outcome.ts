// Reads the lines of an `outcomes` body (PROTOCOL.md §3).
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
