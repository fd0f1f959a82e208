// Typed looks into a record's tree: what is absent or of another type is undefined.
import { isIntegerLexeme } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import { memberNode } from '@ledgerd/schema'

/** The node at the end of a path of keys. */
export function nodeAt(record: ObjectNode, ...path: readonly string[]): JsonNode | undefined {
  let node: JsonNode | undefined = record
  for (const key of path) node = node?.kind === 'object' ? memberNode(node, key) : undefined
  return node
}

export function textAt(record: ObjectNode, ...path: readonly string[]): string | undefined {
  const node = nodeAt(record, ...path)
  return node?.kind === 'string' ? node.value : undefined
}

/** A safe integer that is written as one: `1.0` and `"1"` are not. */
export function integerAt(record: ObjectNode, ...path: readonly string[]): number | undefined {
  const node = nodeAt(record, ...path)
  if (node?.kind !== 'number' || !isIntegerLexeme(node.lexeme)) return undefined
  const value = Number(node.lexeme)
  return Number.isSafeInteger(value) ? value : undefined
}

export function objectAt(record: ObjectNode, ...path: readonly string[]): ObjectNode | undefined {
  const node = nodeAt(record, ...path)
  return node?.kind === 'object' ? node : undefined
}

/** True if the literal `true` stands there. */
export function isTrueAt(record: ObjectNode, ...path: readonly string[]): boolean {
  const node = nodeAt(record, ...path)
  return node?.kind === 'literal' && node.value === true
}

/** An id as text, whether it is written as a string or as an integer. */
export function idAt(record: ObjectNode, ...path: readonly string[]): string | undefined {
  const node = nodeAt(record, ...path)
  if (node?.kind === 'string') return node.value
  return node?.kind === 'number' ? node.lexeme : undefined
}
