// What tells one record from another. The family's lines have no member for an id and must not get one, so the identity
// is the content: the first 32 hex digits of SHA-256 over the `python-compact` text of the record. It is found again
// from the line alone, for ever. (job_id, phase) is no identity: a repeated phase is legal, if odd (formats §5.1).
import { formatNode, sha256Hex } from '@ledgerd/canonical'
import type { ObjectNode } from '@ledgerd/canonical'
import { memberNode } from '@ledgerd/schema'
import type { RecordKind } from './record-kind.ts'

const eventIdLength = 32

/**
 * A signed record is identified by what was signed: its id begins `sign.sha256`. An unsigned window is identified by all
 * but `ts`, which the daemon may have set, so that a retry after a lost answer is the same event. Imported rows carry
 * their own time and are identified with it.
 */
export function eventIdentity(record: ObjectNode, kind: RecordKind): string {
  const isSigned = memberNode(record, 'sign') !== undefined
  const omit = isSigned ? { omit: 'sign' } : kind === 'window' ? { omit: 'ts' } : {}
  const text = formatNode(record, 'python-compact', omit)
  // Half a surrogate pair has only an escaped text, which every record has.
  const whole = text.ok ? text : formatNode(record, 'python-compact-ascii', omit)
  return sha256Hex(whole.ok ? whole.text : '').slice(0, eventIdLength)
}
