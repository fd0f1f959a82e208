// What became of each draft, as lines of JSON (PROTOCOL.md §3, outcomes; §6, append).
import { frameBodyBytesMax } from '@ledgerd/protocol'
import { formatError } from '@ledgerd/schema/errors'
import type { ErrorDocument } from '@ledgerd/schema'
import type { DraftOutcome } from '../engine/ports.ts'
import type { Metrics } from '../ops/metrics.ts'

/** One line per draft. When refusals with all their details are over a frame, they keep code, outcome and a short text. */
export function formatOutcomes(outcomes: readonly DraftOutcome[]): Buffer {
  const full = Buffer.from(outcomes.map((outcome) => formatOutcome(outcome, formatError)).join(''))
  if (full.length <= frameBodyBytesMax) return full
  const brief = (error: Parameters<typeof formatError>[0]): ErrorDocument => {
    const { details: _, message, ...rest } = formatError(error)
    return { ...rest, message: message.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 16) }
  }
  return Buffer.from(outcomes.map((outcome) => formatOutcome(outcome, brief)).join(''))
}

/** Refusals and duplicates, for the figures. */
export function countOutcomes(metrics: Metrics, outcomes: readonly DraftOutcome[]): void {
  for (const outcome of outcomes) {
    if ('error' in outcome) metrics.countError(outcome.error.code)
    else if (outcome.isDuplicate) metrics.count('duplicates')
  }
}

function formatOutcome(outcome: DraftOutcome, describe: typeof formatError): string {
  if ('error' in outcome) return `${JSON.stringify({ error: describe(outcome.error) })}\n`
  const { seq, eventId, leafHash, isDuplicate } = outcome
  return `${JSON.stringify({ seq, eventId, leafHash: `sha256:${leafHash}`, duplicate: isDuplicate })}\n`
}
