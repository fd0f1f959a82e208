// The one form of a choice: flat, no option twice, enumerations joined, sorted. So `a.nullable()` and
// `z.union([z.null(), a])` freeze to the same bytes.
import { formatValue } from '@ledgerd/canonical'
import type { EnumValue, FrozenNode } from './frozen-node.ts'

/** The canonical text by which nodes are compared and sorted. */
export function textOf(value: unknown): string {
  return formatValue(value, 'jcs', { depthMax: nodeDepthMax })
}

/** Deeper models are refused when they are frozen. */
export const nodeDepthMax = 512

/** The normal form of "any of these". */
export function unionOf(options: readonly FrozenNode[]): FrozenNode {
  const flat = options.flatMap((node) => (node.kind === 'union' && node.meaning === undefined ? node.options : [node]))
  const values: EnumValue[] = []
  const byText = new Map<string, FrozenNode>()
  for (const node of flat) {
    if (node.kind === 'nothing') continue
    if (node.kind === 'enum' && node.meaning === undefined) values.push(...node.values)
    else byText.set(textOf(node), node)
  }
  if (values.length > 0) {
    const joined = enumOf(values)
    byText.set(textOf(joined), joined)
  }
  const sorted = [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, node]) => node)
  const [first] = sorted
  if (first === undefined) return { kind: 'nothing' }
  return sorted.length === 1 ? first : { kind: 'union', options: sorted }
}

/** The normal form of "one of these values"; -0 and 0 are one value, as in JSON Schema. */
export function enumOf(values: readonly EnumValue[]): FrozenNode {
  const byText = new Map(values.map((value) => [textOf(value), value]))
  const sorted = [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
  return sorted.length === 0 ? { kind: 'nothing' } : { kind: 'enum', values: sorted }
}
