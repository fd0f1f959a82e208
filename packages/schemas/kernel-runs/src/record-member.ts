// What the fields of a parsed entry are.
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import { memberNode } from '@ledgerd/schema'

/** The text of a member; undefined if it is absent or no string. */
export function textOf(entry: ObjectNode, key: string): string | undefined {
  const node = memberNode(entry, key)
  return node?.kind === 'string' ? node.value : undefined
}

/** What a node is, in a sentence: `an array`. */
export function nameOfKind(node: JsonNode): string {
  if (node.kind === 'literal') return node.value === null ? 'null' : 'a boolean'
  if (node.kind === 'non-finite') return 'a number'
  return node.kind === 'array' || node.kind === 'object' ? `an ${node.kind}` : `a ${node.kind}`
}
