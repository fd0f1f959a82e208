// Trees built by hand, for the members that a record has besides its payload.
import type { JsonNode, LiteralNode, NumberNode, ObjectNode, StringNode } from '@ledgerd/canonical'

/** An object of these members, in this order; those that are undefined are left out. */
export function objectNode(members: Readonly<Record<string, JsonNode | undefined>>): ObjectNode {
  const node: ObjectNode = { kind: 'object', members: [], start: -1, end: -1 }
  for (const [key, value] of Object.entries(members))
    if (value !== undefined) node.members.push({ key, keyStart: -1, value })
  return node
}

export function textNode(value: string): StringNode {
  return { kind: 'string', value, start: -1, end: -1 }
}

/** A safe integer. */
export function integerNode(value: number): NumberNode {
  return { kind: 'number', lexeme: String(value), start: -1, end: -1 }
}

export function literalNode(value: true | false | null): LiteralNode {
  return { kind: 'literal', value, start: -1, end: -1 }
}
