// Which kind of record a line holds. No record says so itself: windows are told by members that only they have, tool
// rows by their time in milliseconds, review rows by a phase without either (formats §5.4).
import type { ObjectNode } from '@ledgerd/canonical'
import { memberNode } from '@ledgerd/schema'

export type RecordKind = 'window' | 'review' | 'tool'

/** One of these is enough: a window that lost some of its members is a damaged window, not a review row. */
const windowMembers: readonly string[] = ['schema_version', 'job_id', 'window_idx', 'icw_capsule_id']

/** A record that shows no mark of any kind is taken for a window, whose rules are the strictest. */
export function recordKind(record: ObjectNode): RecordKind {
  if (windowMembers.some((key) => memberNode(record, key) !== undefined)) return 'window'
  if (memberNode(record, 't')?.kind === 'number') return 'tool'
  return memberNode(record, 'phase') === undefined ? 'window' : 'review'
}
