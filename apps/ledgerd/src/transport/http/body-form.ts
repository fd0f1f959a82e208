// In which form drafts may be sent: as they are. Anything else is told apart by the headers alone, so that it is refused
// before a byte of the body is read, and not once for each line of what cannot be read.
import type { IncomingMessage } from 'node:http'
import { LedgerError } from '@ledgerd/schema/errors'
import { ndjson } from './answer.ts'
import type { Headers } from './answer.ts'

export interface FormRefusal {
  readonly error: LedgerError
  /** What would be taken instead (RFC 9110 §15.5.16). */
  readonly headers: Headers
}

/** A refusal for 415, or undefined when the body may be read. Other types pass: curl calls every body a web form. */
export function checkBodyForm({ headers }: IncomingMessage): FormRefusal | undefined {
  const codings = (headers['content-encoding'] ?? '').split(',').map((coding) => coding.trim().toLowerCase())
  if (codings.some((coding) => coding !== '' && coding !== 'identity'))
    return {
      error: new LedgerError('REQUEST_INVALID', 'the body has a Content-Encoding; send it uncompressed, without one'),
      headers: { 'Accept-Encoding': 'identity' },
    }
  if (headers['content-type']?.toLowerCase().startsWith('multipart/') === true)
    return {
      error: new LedgerError(
        'REQUEST_INVALID',
        'the body is a form; send the drafts alone, as curl --data-binary does',
      ),
      headers: { Accept: ndjson },
    }
  return undefined
}
