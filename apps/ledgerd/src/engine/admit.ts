// Admission of a request: cut into drafts, each scanned and validated by the family. Identity and `expect` come later,
// when the request's turn comes (PROTOCOL.md §5). Pure.
import type { LineWriter } from '@ledgerd/schema'
import { LedgerError, withIndex } from '@ledgerd/schema/errors'
import type { Limits } from '../config.ts'
import type { AppendRequest } from './ports.ts'
import type { Admission } from './ticket.ts'

/** One admission per draft. Throws FRAME_INVALID or BATCH_TOO_LARGE about the request; with `isAtomic` the first refusal. */
export function admit(request: AppendRequest, writer: LineWriter, limits: Limits): Admission[] {
  const { drafts, count } = request
  if (drafts.length > limits.batchBytesMax)
    throw new LedgerError(
      'BATCH_TOO_LARGE',
      `${drafts.length} bytes of drafts, ${limits.batchBytesMax} are taken at a time`,
    )
  if (count > limits.batchLinesMax)
    throw new LedgerError('BATCH_TOO_LARGE', `${count} drafts, ${limits.batchLinesMax} are taken at a time`)
  const admissions: Admission[] = []
  let from = 0
  while (from < drafts.length) {
    const lineFeed = drafts.indexOf(0x0a, from)
    if (lineFeed < 0) throw new LedgerError('FRAME_INVALID', 'the last draft does not end in a line feed')
    admissions.push(admitOne(drafts.subarray(from, lineFeed), writer))
    from = lineFeed + 1
  }
  if (admissions.length !== count)
    throw new LedgerError('FRAME_INVALID', `${count} drafts were announced, ${admissions.length} came`)
  if (request.isAtomic) refuseAtomic(admissions)
  return admissions
}

function admitOne(draft: Uint8Array, writer: LineWriter): Admission {
  try {
    return writer.admit(draft)
  } catch (error) {
    if (error instanceof LedgerError) return error
    throw error
  }
}

/** All or none: the first refusal is the request's, and an id may stand for one draft only. */
function refuseAtomic(admissions: readonly Admission[]): void {
  const seen = new Set<string>()
  for (const [index, admission] of admissions.entries()) {
    if (admission instanceof LedgerError) throw withIndex(admission, index)
    if (seen.has(admission.eventId))
      throw new LedgerError(
        'REQUEST_INVALID',
        `draft ${index} has the id of an earlier draft of the same atomic request`,
      )
    seen.add(admission.eventId)
  }
}
