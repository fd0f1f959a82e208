// A peer that asked and does not read: what it was sent fills the kernel's buffers, then ours, and would stay there for as
// long as it likes. Progress is any byte that the kernel takes, so a slow reader is never one that stopped.
import type { ServerResponse } from 'node:http'
import { LedgerError } from '@ledgerd/schema/errors'
import type { HttpContext } from './http-context.ts'

/**
 * Cuts the connection when something waits for the peer and it has taken nothing for `answerStallMs`. An answer that has
 * begun cannot end in a code, so only log and metrics say DEADLINE.
 */
export function cutWhenStalled(context: HttpContext, response: ServerResponse, peer: string): void {
  const { limits, metrics, log } = context
  // Fires after so long without a byte either way, once; the next byte begins it anew.
  response.setTimeout(limits.answerStallMs, () => {
    const waitingBytes = response.socket?.writableLength ?? 0
    // A live read with nothing to say is as it should be.
    if (waitingBytes === 0) return
    const error = new LedgerError('DEADLINE', `nothing of the answer was taken for ${limits.answerStallMs} ms`)
    metrics.countError(error.code)
    log.warn('answer given up', { peer, reason: error.message, waitingBytes })
    response.destroy(error)
  })
}
