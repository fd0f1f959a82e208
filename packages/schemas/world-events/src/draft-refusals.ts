// What admission says no to, as the errors a caller gets (PROTOCOL.md §4, §7).
import { LedgerError, schemaInvalid } from '@ledgerd/schema'

/** A sealed line without its LF; the length of an entry bundle is a uint16 (proofs §1). */
export const lineBytesMax = 65_535

export interface Refusal {
  readonly reason: string
  readonly path?: string
  readonly offset?: number
}

/** VALUE_REFUSED: a value that no line can hold. */
export function valueRefused(refusal: Refusal, sentence: string): LedgerError {
  return new LedgerError('VALUE_REFUSED', sentence, { details: { ...refusal } })
}

/** SCHEMA_INVALID about one member of the draft. */
export function memberInvalid(path: string, message: string): LedgerError {
  return schemaInvalid(undefined, [{ path, message }])
}

/** LINE_TOO_LONG. */
export function lineTooLong(lineBytes: number): LedgerError {
  const advice = 'Store the payload by content id and record the id.'
  return new LedgerError(
    'LINE_TOO_LONG',
    `The line would have ${lineBytes} bytes, ${lineBytesMax} is the limit. ${advice}`,
    {
      details: { lineBytes, lineBytesMax },
    },
  )
}
