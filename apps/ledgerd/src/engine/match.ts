// Identity: whether a draft's event id stands in the ledger already, and with what content. Candidates come from the index,
// the answer from the lines themselves; lines of groups not yet committed are compared in memory.
import { leafHash } from '@ledgerd/proof'
import type { AdmittedDraft, LedgerSchema, LineWriter } from '@ledgerd/schema'
import { LedgerError } from '@ledgerd/schema/errors'
import type { Fingerprint } from '../index/identity-table.ts'
import type { LineIndex } from '../index/line-index.ts'
import type { Group } from './group.ts'

/** The earlier line of a draft's identity. */
export interface Match {
  readonly seq: number
  readonly isSame: boolean
  readonly leafHex: string
}

export interface MatchSources {
  readonly index: LineIndex
  readonly schema: LedgerSchema
  readonly writer: LineWriter
  /** Groups not yet committed. */
  readonly groups: readonly Group[]
  /** Committed lines read for this request, without LF. */
  readonly fetched: ReadonlyMap<number, Uint8Array>
}

/** The first line that carries the draft's identity; undefined for a new event. */
export function findMatch(draft: AdmittedDraft, print: Fingerprint, sources: MatchSources): Match | undefined {
  for (const seq of sources.index.candidatesOf(print)) {
    const line = lineOf(seq, sources)
    if (line === undefined || sources.schema.eventIdOf(line) !== draft.eventId) continue
    const leafHex = Buffer.from(leafHash(line)).toString('hex')
    return { seq, isSame: sources.writer.isSameContent(draft, line), leafHex }
  }
  return undefined
}

/** The refusal of a draft whose identity stands for other content. */
export function conflictError(draft: AdmittedDraft, match: Match): LedgerError {
  return new LedgerError(
    'IDENTITY_CONFLICT',
    `event id ${draft.eventId} stands for other content at seq ${match.seq}`,
    {
      details: { seq: match.seq, eventId: draft.eventId },
    },
  )
}

function lineOf(seq: number, sources: MatchSources): Uint8Array | undefined {
  for (const group of sources.groups) {
    const line = group.line(seq)
    if (line !== undefined) return line
  }
  return sources.fetched.get(seq)
}
