// One line on its way to stdout, with what is known of its place; and which lines are wanted.
import type { LedgerSchema } from '@ledgerd/schema'

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
}

/** True if the line is wanted. A line that cannot be read passes no filter; one without a schema was filtered before. */
export function passes(filter: LineFilter, { schema, bytes }: LineItem): boolean {
  if (schema === undefined || (filter.types === undefined && filter.link === undefined)) return true
  const route = schema.routeOf(bytes)
  if (route === undefined) return false
  const isTypeWanted = filter.types === undefined || filter.types.includes(route.type)
  return isTypeWanted && (filter.link === undefined || filter.link === route.link)
}
