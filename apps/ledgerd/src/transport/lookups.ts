// Questions with one answer: a line by number or identity, and how a ledger stands.
import { leafHash } from '@ledgerd/proof'
import type { StatFrame } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema/errors'
import type { Engine, LedgerStat } from '../engine/ports.ts'

export interface FoundLine {
  readonly seq: number
  /** `sha256:<hex>`. */
  readonly leafHash: string
  /** LF included. */
  readonly line: Uint8Array
}

export interface LineQuestion {
  readonly ledger: string
  readonly seq?: number
  readonly eventId?: string
}

/** A first guess; a longer line is read all the same. */
const typicalLineBytes = 4096

/** Throws EVENT_NOT_FOUND, and what `Engine.reader` throws. */
export async function lineAt(engine: Engine, question: LineQuestion): Promise<FoundLine> {
  const reader = await engine.reader(question.ledger)
  const seq = question.eventId === undefined ? question.seq : await reader.findEvent(question.eventId)
  const size = reader.stat().size
  if (seq === undefined || seq >= size)
    throw new LedgerError('EVENT_NOT_FOUND', `the ledger has ${size} lines and not the one asked for`, {
      details: { size },
    })
  const { bytes } = await reader.read(seq, typicalLineBytes)
  const line = bytes.subarray(0, bytes.indexOf(0x0a) + 1)
  const digest = leafHash(line.subarray(0, -1))
  return { seq, line, leafHash: `sha256:${Buffer.from(digest).toString('hex')}` }
}

/** A stat as it travels. The root of a ledger that is still opening is null. */
export function statDocument(stat: LedgerStat): Omit<StatFrame, 't' | 'id'> {
  const { ledger, size, bytes, root, epoch, state, schema, schemaVersion, schemaDigest, profile, reason, stop } = stat
  return {
    ledger,
    size,
    bytes,
    root: root ?? null,
    epoch,
    state,
    schema,
    profile,
    ...(schemaVersion === undefined ? {} : { schemaVersion }),
    ...(schemaDigest === undefined ? {} : { schemaDigest }),
    ...(reason === undefined ? {} : { reason }),
    ...(stop === undefined ? {} : { since: stop.since, message: stop.message, remedy: stop.remedy }),
  }
}
