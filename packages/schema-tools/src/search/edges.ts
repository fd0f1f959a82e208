// The values at which a model changes its mind: its limits and one step beyond, its enumerated values, its lengths.
import type { FrozenNode } from '../frozen/frozen-node.ts'
import { childNodes } from '../frozen/frozen-node.ts'
import type { Edges } from './document-arbitrary.ts'

const lengthEdgeMax = 10_000
const edgesMax = 200

/** The edges of all nodes together, each once. */
export function edgesOf(nodes: readonly FrozenNode[]): Edges {
  const numbers = new Set<number>([0, 0.5, 1, -1, Number.MAX_SAFE_INTEGER, 1e300])
  const texts = new Set<string>(['', 'a', '0', '-1.50', '2026-03-01T10:00:00Z', '0'.repeat(64), '0'.repeat(40)])
  const counts = new Set<number>([0, 1])
  const visit = (node: FrozenNode): void => {
    for (const limit of limitsOf(node)) {
      for (const value of [limit - 1, limit - 0.5, limit, limit + 0.5, limit + 1]) numbers.add(value)
      if (node.kind === 'array' && limit >= 0) for (const count of [limit - 1, limit, limit + 1]) counts.add(count)
      if (node.kind === 'text' && limit <= lengthEdgeMax)
        for (const length of [limit - 1, limit, limit + 1]) texts.add('a'.repeat(Math.max(0, length)))
    }
    if (node.kind === 'enum')
      for (const value of node.values) {
        if (typeof value === 'string') texts.add(value)
        if (typeof value === 'number') numbers.add(value)
      }
    for (const child of childNodes(node)) visit(child.node)
  }
  for (const node of nodes) visit(node)
  const [some, few, several] = [numbers, texts, counts].map((set) => [...set].slice(0, edgesMax))
  return { numbers: some as number[], texts: few as string[], counts: several as number[] }
}

function limitsOf(node: FrozenNode): readonly number[] {
  const limits =
    node.kind === 'int' || node.kind === 'float' || node.kind === 'number'
      ? [node.min, node.max, node.above, node.below, ...(node.multipleOf ?? [])]
      : node.kind === 'array'
        ? [node.countMin, node.countMax]
        : 'lengthMin' in node || 'lengthMax' in node
          ? [node.lengthMin, node.lengthMax]
          : []
  return limits.filter((limit) => limit !== undefined)
}

/** The names of all members that the nodes declare anywhere. */
export function memberNames(nodes: readonly FrozenNode[]): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (node: FrozenNode): void => {
    if (node.kind === 'object') for (const name of Object.keys(node.members)) names.add(name)
    for (const child of childNodes(node)) visit(child.node)
  }
  for (const node of nodes) visit(node)
  return names
}
