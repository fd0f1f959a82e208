// POST …/append: NDJSON drafts in, NDJSON receipts out, in order.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { httpStatus } from '@ledgerd/protocol'
import { LedgerError, formatError } from '@ledgerd/schema/errors'
import type { AppendResult } from '../../engine/ports.ts'
import { appendInParts } from '../append-parts.ts'
import { countOutcomes } from '../outcome-lines.ts'
import { ndjson, sendText } from './answer.ts'
import { readBody } from './body.ts'
import { draftLines } from './draft-lines.ts'
import type { DraftLines } from './draft-lines.ts'
import type { HttpContext } from './http-context.ts'
import { Query } from './query.ts'
import { wholeBodyFlaw } from './whole-body.ts'

export async function appendRoute(
  context: HttpContext,
  ledger: string,
  queryText: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { engine, limits, metrics, health } = context
  if (health.phase === 'draining') throw new LedgerError('DRAINING', 'the daemon is shutting down')
  const query = new Query(queryText, ['atomic', 'expect-size'])
  const size = query.number('expect-size', 0)
  const isAtomic = query.flag('atomic')
  const body = await readBody(request, limits.batchBytesMax)
  const { drafts, count } = await readDrafts(context, ledger, body)
  metrics.count('appends')
  metrics.count('drafts_received', count)
  const expect = size === undefined ? undefined : { size }
  const { appendPartBytesMax } = limits
  const append = appendInParts(engine, { ledger, drafts, count, isAtomic, expect }, appendPartBytesMax)
  for (let { rest } = append; rest !== undefined; rest = rest()) await context.turnstile.turn(appendPartBytesMax)
  const result = await append.result
  if (result.kind === 'mixed') countOutcomes(metrics, result.outcomes)
  const { status, lines } = receiptLines(ledger, result)
  sendText(response, status, ndjson, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

async function readDrafts(context: HttpContext, ledger: string, body: Uint8Array): Promise<DraftLines> {
  const { limits, turnstile, makeEventId, deriveEventId } = context
  const { draftDepthMax: depthMax, batchLinesMax: linesMax } = limits
  await turnstile.turn(body.length)
  const read = draftLines(body, { ledger, depthMax, linesMax, makeEventId, deriveEventId })
  if (read.hasDraft) return read
  // Another look is for another turn.
  await turnstile.turn(body.length)
  const flaw = wholeBodyFlaw(body, { lineCount: read.count, depthMax: depthMax + 2 })
  if (flaw !== undefined) throw flaw
  return read
}

/** 200 if every draft has a receipt, else the status of the first refusal. */
function receiptLines(ledger: string, result: AppendResult): { status: number; lines: unknown[] } {
  const { epoch } = result
  const receipt = (seq: number, eventId: string, leafHash: string, isDuplicate: boolean): unknown => {
    return { ledger, seq, eventId, leafHash: `sha256:${leafHash}`, duplicate: isDuplicate, durable: 'fsync', epoch }
  }
  if (result.kind === 'plain') {
    const { seq, eventIds, leafHashes } = result
    return {
      status: 200,
      lines: eventIds.map((eventId, index) => receipt(seq + index, eventId, leafHashes[index] ?? '', false)),
    }
  }
  let status = 200
  const lines = result.outcomes.map((outcome) => {
    if (!('error' in outcome)) return receipt(outcome.seq, outcome.eventId, outcome.leafHash, outcome.isDuplicate)
    if (status === 200) status = httpStatus[outcome.error.code]
    return { error: formatError(outcome.error) }
  })
  return { status, lines }
}
