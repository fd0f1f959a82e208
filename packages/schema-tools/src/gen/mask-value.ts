// Values that are somebody's do not leave their ledger in a page: what a model marks as `pii` is replaced by what it is.
import type { FrozenNode } from '../frozen/frozen-node.ts'

/** The value with everything under a `pii` meaning replaced by `<direct>`, `<indirect>` or `<secret>`. */
export function maskValue(node: FrozenNode, value: unknown): unknown {
  const { pii } = node.meaning ?? {}
  if (pii !== undefined && value !== null && value !== undefined) return `<${pii}>`
  switch (node.kind) {
    case 'object':
      return isObject(value)
        ? mapMembers(value, (name, member) =>
            maskValue(Object.hasOwn(node.members, name) ? (node.members[name] ?? node.rest) : node.rest, member),
          )
        : value
    case 'record':
      return isObject(value) ? mapMembers(value, (_, member) => maskValue(node.values, member)) : value
    case 'array':
      return Array.isArray(value) ? value.map((item: unknown) => maskValue(node.items, item)) : value
    case 'tuple':
      return Array.isArray(value)
        ? value.map((item: unknown, at) => maskValue(node.items[at] ?? node.rest, item))
        : value
    case 'union':
      // Which branch holds is not asked: what any of them hides is hidden.
      return node.options.reduce((masked, option) => maskValue(option, masked), value)
    default:
      return value
  }
}

function mapMembers(
  value: Readonly<Record<string, unknown>>,
  map: (name: string, member: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, map(name, member)]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
