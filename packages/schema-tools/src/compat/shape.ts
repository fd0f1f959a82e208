// The shape of a node: what it accepts, without what its fields stand for.
import type { FrozenNode } from '../frozen/frozen-node.ts'
import { unionOf } from '../frozen/union-form.ts'

/** The same node without meanings, at any depth. */
export function shapeOf(node: FrozenNode): FrozenNode {
  const { meaning: _, ...rest } = node
  switch (rest.kind) {
    case 'object': {
      const members = Object.create(null) as Record<string, FrozenNode>
      for (const [name, member] of Object.entries(rest.members)) members[name] = shapeOf(member)
      return { ...rest, members, rest: shapeOf(rest.rest) }
    }
    case 'record':
      return { ...rest, keys: shapeOf(rest.keys), values: shapeOf(rest.values) }
    case 'array':
      return { ...rest, items: shapeOf(rest.items) }
    case 'tuple':
      return { ...rest, items: rest.items.map(shapeOf), rest: shapeOf(rest.rest) }
    case 'union':
      return unionOf(rest.options.map(shapeOf))
    default:
      return rest
  }
}
