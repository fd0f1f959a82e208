// What a request is told for which the process has no descriptor, process or memory left: it may pass, and nothing is lost.
import { LedgerError } from '@ledgerd/schema/errors'

/** The refusal, outcome absent: nothing was written. `what` could not be done. */
export function outOfResources(what: string, cause: NodeJS.ErrnoException): LedgerError {
  const sentence = `${what} now: ${cause.message}; raise the limit of the daemon (ulimit -n, LimitNOFILE)`
  const details = { reason: 'out-of-resources' }
  return new LedgerError('BUSY', sentence, { outcome: 'absent', retryAfterMs: 1000, details, cause })
}
