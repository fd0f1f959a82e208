// One line on its way to stdout, with what is known of its place; and which lines are wanted.
import type { LedgerSchema } from '@ledgerd/schema'
import { type Condition, holds } from './condition.ts'
import { RecordValues } from './record-value.ts'
import { isAbout, type SubjectWanted } from './subject.ts'

export interface LineItem {
  readonly ledger: string
  readonly seq: number
  /** Byte offset in the file; unknown when a daemon sent the line. */
  readonly offset: number | undefined
  /** Without LF. Valid until the next item is asked for. */
  readonly bytes: Uint8Array
  /** What reads the line; undefined when only its bytes are wanted. */
  readonly schema: LedgerSchema | undefined
}

export interface LineFilter {
  readonly types: readonly string[] | undefined
  readonly link: string | undefined
  /** All must hold. */
  readonly where: readonly Condition[]
  readonly subject: SubjectWanted | undefined
}

/** The parts of a filter that only a schema can judge. */
export function needsEvents(filter: Pick<LineFilter, 'where' | 'subject'>): boolean {
  return filter.where.length > 0 || filter.subject !== undefined
}

/** True if the line is wanted. A line that cannot be read passes no filter; one without a schema was filtered before. */
export function passes(filter: LineFilter, item: LineItem): boolean {
  return isRouted(filter, item) && isAbout(filter.subject, item) && areMet(filter.where, item)
}

function isRouted({ types, link }: LineFilter, { schema, bytes }: LineItem): boolean {
  if (schema === undefined || (types === undefined && link === undefined)) return true
  const route = schema.routeOf(bytes)
  if (route === undefined) return false
  const isTypeWanted = types === undefined || types.includes(route.type)
  return isTypeWanted && (link === undefined || link === route.link)
}

function areMet(where: readonly Condition[], item: LineItem): boolean {
  if (where.length === 0) return true
  const values = new RecordValues(item)
  return where.every((condition) => holds(condition, values))
}
