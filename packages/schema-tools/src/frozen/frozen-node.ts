// The project's own description of a value: what a model accepts, without the library that said it. Plain JSON, so that
// its text has a digest; normalised, so that two ways to write the same model have one form. Keys that say nothing are
// left out.
import type { HashAlgo, Meaning } from '@ledgerd/schema'

interface Described {
  readonly meaning?: Meaning
}

/** A regular expression as its two texts. */
export interface Pattern {
  readonly source: string
  readonly flags: string
}

/** Text; lengths count code points. The kinds with a name of their own are this project's field types. */
export interface TextNode extends Described {
  readonly kind: 'text' | 'decimal' | 'instant' | 'hash'
  /** For `hash` only. */
  readonly algo?: HashAlgo
  readonly lengthMin?: number
  readonly lengthMax?: number
  /** All of them hold; sorted. */
  readonly patterns?: readonly Pattern[]
}

/** A finite number. `int` is a safe integer; `float` accepts what `number` does and is always written as a float. */
export interface NumberNode extends Described {
  readonly kind: 'int' | 'float' | 'number'
  readonly min?: number
  readonly max?: number
  /** Exclusive bounds. */
  readonly above?: number
  readonly below?: number
  readonly multipleOf?: readonly number[]
}

/** Kinds without parts: a boolean, null, any JSON value, no value at all. */
export interface PlainNode extends Described {
  readonly kind: 'boolean' | 'null' | 'anything' | 'nothing'
}

export type EnumValue = string | number | boolean

/** One of a list of values, sorted by their canonical text; literals are lists of one. */
export interface EnumNode extends Described {
  readonly kind: 'enum'
  readonly values: readonly EnumValue[]
}

export interface ObjectNode extends Described {
  readonly kind: 'object'
  readonly members: Readonly<Record<string, FrozenNode>>
  /** Names of `members` that may be missing, sorted. */
  readonly optional?: readonly string[]
  /** What members that are not named may be; `anything` is open, `nothing` is strict. */
  readonly rest: FrozenNode
}

export interface RecordNode extends Described {
  readonly kind: 'record'
  readonly keys: FrozenNode
  readonly values: FrozenNode
}

export interface ArrayNode extends Described {
  readonly kind: 'array'
  readonly items: FrozenNode
  readonly countMin?: number
  readonly countMax?: number
}

export interface TupleNode extends Described {
  readonly kind: 'tuple'
  readonly items: readonly FrozenNode[]
  /** How many of `items` must be there. */
  readonly countMin: number
  /** What may follow; `nothing` closes it. */
  readonly rest: FrozenNode
}

/** Any of the options; flat, without repetitions, sorted by their canonical text. */
export interface UnionNode extends Described {
  readonly kind: 'union'
  readonly options: readonly FrozenNode[]
}

/** What only running code can decide. Nothing is known about it, and nothing that contains it is ever compatible. */
export interface CodeNode extends Described {
  readonly kind: 'code'
  readonly construct: string
}

export type FrozenNode =
  | TextNode
  | NumberNode
  | PlainNode
  | EnumNode
  | ObjectNode
  | RecordNode
  | ArrayNode
  | TupleNode
  | UnionNode
  | CodeNode

/** True if a member of this object may be missing. */
export function isOptional(object: ObjectNode, name: string): boolean {
  return object.optional?.includes(name) === true
}

/** True if the object accepts members it does not name. */
export function isOpen(object: ObjectNode): boolean {
  return object.rest.kind !== 'nothing'
}

/** The options of a union; any other node is its own only option. */
export function optionsOf(node: FrozenNode): readonly FrozenNode[] {
  return node.kind === 'union' ? node.options : [node]
}

/** The nodes directly inside one node, with the step each adds to a pointer (`*` for any entry). */
export function childNodes(node: FrozenNode): readonly { readonly step: string; readonly node: FrozenNode }[] {
  switch (node.kind) {
    case 'object':
      return [
        ...Object.entries(node.members).map(([name, member]) => ({ step: name, node: member })),
        { step: '*', node: node.rest },
      ]
    case 'record':
      return [
        { step: '*', node: node.keys },
        { step: '*', node: node.values },
      ]
    case 'array':
      return [{ step: '*', node: node.items }]
    case 'tuple':
      return [...node.items, node.rest].map((item) => ({ step: '*', node: item }))
    case 'union':
      return node.options.map((option) => ({ step: '', node: option }))
    default:
      return []
  }
}

/** The first construct of code in a node, if there is one. */
export function codeIn(node: FrozenNode): string | undefined {
  if (node.kind === 'code') return node.construct
  for (const child of childNodes(node)) {
    const construct = codeIn(child.node)
    if (construct !== undefined) return construct
  }
  return undefined
}
