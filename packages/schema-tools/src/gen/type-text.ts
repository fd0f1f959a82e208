// The TypeScript type of a frozen node, as text.
import type { FrozenNode, ObjectNode } from '../frozen/frozen-node.ts'
import { isOptional } from '../frozen/frozen-node.ts'

/** `indent` is that of the line the type begins on. */
export function typeText(node: FrozenNode, indent: string = ''): string {
  switch (node.kind) {
    case 'text':
    case 'decimal':
    case 'instant':
    case 'hash':
      return 'string'
    case 'int':
    case 'float':
    case 'number':
      return 'number'
    case 'boolean':
    case 'null':
      return node.kind
    case 'anything':
    case 'code':
      return 'unknown'
    case 'nothing':
      return 'never'
    case 'enum':
      return node.values.map((value) => JSON.stringify(value)).join(' | ')
    case 'object':
      return objectText(node, indent)
    case 'record':
      return `Readonly<Record<string, ${typeText(node.values, indent)}>>`
    case 'array':
      return `readonly ${grouped(node.items, indent)}[]`
    case 'tuple': {
      const items = node.items.map((item, at) => grouped(item, indent) + (at < node.countMin ? '' : '?'))
      const rest = node.rest.kind === 'nothing' ? [] : [`...${grouped(node.rest, indent)}[]`]
      return `readonly [${[...items, ...rest].join(', ')}]`
    }
    case 'union':
      return node.options.map((option) => typeText(option, indent)).join(' | ')
  }
}

function objectText(node: ObjectNode, indent: string): string {
  const below = `${indent}  `
  const members = Object.keys(node.members)
    .sort()
    .map((name) => {
      const mark = isOptional(node, name) ? '?' : ''
      return `${below}readonly ${JSON.stringify(name)}${mark}: ${typeText(node.members[name] as FrozenNode, below)}\n`
    })
  const open = node.rest.kind === 'nothing' ? '' : `${below}readonly [other: string]: unknown\n`
  return members.length === 0 && open === ''
    ? 'Readonly<Record<string, never>>'
    : `{\n${members.join('')}${open}${indent}}`
}

function grouped(node: FrozenNode, indent: string): string {
  const text = typeText(node, indent)
  return node.kind === 'union' || node.kind === 'enum' || node.kind === 'array' || node.kind === 'tuple'
    ? `(${text})`
    : text
}
