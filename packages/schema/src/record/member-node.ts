// Members of a parsed object, where a repeated key means its last value (formats §1.2), and trees as plain values.
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'

/** The value of a member, or undefined. */
export function memberNode(object: ObjectNode, key: string): JsonNode | undefined {
  return object.members.findLast((member) => member.key === key)?.value
}

/** The plain value of a node: numbers as doubles, the last of repeated keys. The scanner bounded the depth. */
export function plainValue(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object': {
      const value: Record<string, unknown> = {}
      for (const { key, value: member } of node.members)
        if (key === '__proto__') defineProto(value, plainValue(member))
        else value[key] = plainValue(member)
      return value
    }
    case 'array':
      return node.items.map(plainValue)
    case 'number':
    case 'non-finite':
      return Number(node.lexeme)
    default:
      return node.value
  }
}

/** As JSON.parse does it: an own member, not the prototype. */
function defineProto(object: object, value: unknown): void {
  Object.defineProperty(object, '__proto__', { value, configurable: true, enumerable: true, writable: true })
}
