// The text fields of a parsed entry.
import type { ObjectNode } from '@ledgerd/canonical'
import { memberNode } from '@ledgerd/schema'

/** The text of a member; undefined if it is absent or no string. */
export function textOf(entry: ObjectNode, key: string): string | undefined {
  const node = memberNode(entry, key)
  return node?.kind === 'string' ? node.value : undefined
}
