// A few documents for each frozen node, the same on every machine and in every release: no randomness, so that what a
// step makes of them can be frozen. The first is the smallest; the others turn each choice once.
import type { FrozenNode, NumberNode, TextNode } from '../frozen/frozen-node.ts'
import { isOptional } from '../frozen/frozen-node.ts'
import { fitsNode } from '../frozen/node-issues.ts'
import { textOf } from '../frozen/union-form.ts'

const samplesMax = 12

/** At most 12 documents that fit, each once; none if only code knows one. */
export function samplesOf(node: FrozenNode): readonly unknown[] {
  const byText = new Map<string, unknown>()
  for (const sample of variants(node)) if (fitsNode(node, sample)) byText.set(textOf(sample), sample)
  return [...byText.values()].slice(0, samplesMax)
}

function variants(node: FrozenNode): readonly unknown[] {
  switch (node.kind) {
    case 'text':
    case 'decimal':
    case 'instant':
    case 'hash':
      return textSamples(node)
    case 'int':
    case 'float':
    case 'number':
      return numberSamples(node)
    case 'boolean':
      return [false, true]
    case 'null':
      return [null]
    case 'anything':
      return [null, 'any']
    case 'enum':
      return node.values
    case 'object':
      return objectSamples(node.members, (name) => isOptional(node, name))
    case 'record':
      return [{}, ...variants(node.values).map((value) => ({ [sampleKey(node.keys)]: value }))]
    case 'array': {
      const items = variants(node.items)
      const [first] = items
      const few = Array.from({ length: node.countMin ?? 0 }, () => first)
      return [few, ...items.map((item) => [...few, item])]
    }
    case 'tuple':
      return [
        node.items.slice(0, node.countMin).map((item) => variants(item)[0]),
        node.items.map((item) => variants(item)[0]),
      ]
    case 'union':
      return node.options.flatMap((option) => variants(option).slice(0, samplesMax))
    default:
      return []
  }
}

/** All members at their first value, then each member through its others, then without what may be missing. */
function objectSamples(
  members: Readonly<Record<string, FrozenNode>>,
  mayMiss: (name: string) => boolean,
): readonly unknown[] {
  const choices = Object.keys(members)
    .sort()
    .map((name) => ({ name, values: variants(members[name] as FrozenNode) }))
  const full = Object.fromEntries(
    choices.filter(({ values }) => values.length > 0).map(({ name, values }) => [name, values[0]]),
  )
  const bare = Object.fromEntries(Object.entries(full).filter(([name]) => !mayMiss(name)))
  const others = choices.flatMap(({ name, values }) => values.slice(1, 3).map((value) => ({ ...full, [name]: value })))
  return [bare, full, ...others]
}

function sampleKey(keys: FrozenNode): string {
  const [key] = variants(keys)
  return typeof key === 'string' ? key : 'key'
}

function textSamples({ kind, algo, lengthMin = 0 }: TextNode): readonly string[] {
  if (kind === 'decimal') return ['0', '-12.50']
  if (kind === 'instant') return ['2026-03-01T10:00:00Z', '2026-03-01T10:00:00.123456+01:00']
  if (kind === 'hash') return ['0123456789abcdef'.repeat(4).slice(0, algo === 'sha1' ? 40 : 64)]
  return [
    'a'.repeat(lengthMin),
    'text'.padEnd(lengthMin, '-'),
    'Ärger 😀'.padEnd(lengthMin, '-'),
    'a1',
    'A',
    '0',
    'a.b',
  ]
}

function numberSamples({ kind, min, max, above, below, multipleOf }: NumberNode): readonly number[] {
  const limits = [min, max, above, below].filter((limit) => limit !== undefined)
  const near = limits.flatMap((limit) => [limit, limit + 1, limit - 1, limit + 0.5, limit - 0.5])
  return [0, 1, -1, ...(kind === 'int' ? [] : [0.5]), ...(multipleOf ?? []), ...near]
}
