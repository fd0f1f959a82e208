// Random documents that a frozen node accepts, biased towards the edges of what another node accepts: an old document
// that the new model refuses is found near the new model's limits. What comes out may still miss a pattern or a limit;
// the caller checks each document against the node.
import type * as fc from 'fast-check'
import type { ArrayNode, FrozenNode, NumberNode, ObjectNode, TextNode } from '../frozen/frozen-node.ts'
import { isOptional } from '../frozen/frozen-node.ts'
import { fitsNode } from '../frozen/node-issues.ts'
import { withoutAssertions } from './without-assertions.ts'

export type FastCheck = typeof fc

export interface ArbitraryOptions {
  /** Scalars and lengths worth trying (edges.ts). */
  readonly edges: Edges
  /** Names for members that an open object does not know; none: no such members. */
  readonly extraNames: readonly string[]
}

/** Values at the limits of a model. */
export interface Edges {
  readonly numbers: readonly number[]
  readonly texts: readonly string[]
  readonly counts: readonly number[]
}

type Arbitrary = fc.Arbitrary<unknown>

const countMax = 64

/** Thrown when a node cannot be generated from, such as a pattern nobody can run backwards. */
export class NoDocuments extends Error {}

export function documentArbitrary(fast: FastCheck, node: FrozenNode, options: ArbitraryOptions): Arbitrary {
  const make = (part: FrozenNode): Arbitrary => documentArbitrary(fast, part, options)
  switch (node.kind) {
    case 'text':
    case 'decimal':
    case 'instant':
    case 'hash':
      return withEdges(fast, textArbitrary(fast, node), options.edges.texts, node)
    case 'int':
    case 'float':
    case 'number':
      return withEdges(fast, numberArbitrary(fast, node), options.edges.numbers, node)
    case 'boolean':
      return fast.boolean()
    case 'null':
      return fast.constant(null)
    case 'anything':
      return anyValue(fast, options.edges)
    case 'enum':
      return fast.constantFrom(...node.values)
    case 'object':
      return objectArbitrary(fast, node, options, make)
    case 'record':
      return fast.dictionary(make(node.keys) as fc.Arbitrary<string>, make(node.values), { maxKeys: 3 })
    case 'array':
      return arrayArbitrary(fast, node, options, make)
    case 'tuple': {
      const rest = node.rest.kind === 'nothing' ? [] : [make(node.rest)]
      return fast
        .tuple(fast.tuple(...node.items.map(make)), fast.nat(node.items.length - node.countMin), fast.tuple(...rest))
        .map(([items, missing, more]) => (missing > 0 ? items.slice(0, items.length - missing) : [...items, ...more]))
    }
    case 'union':
      return fast.oneof(...node.options.map(make))
    default:
      throw new NoDocuments(node.kind === 'code' ? `nobody can make documents for ${node.construct}` : 'nothing fits')
  }
}

function withEdges(fast: FastCheck, plain: Arbitrary, edges: readonly unknown[], node: FrozenNode): Arbitrary {
  const fitting = edges.filter((edge) => fitsNode(node, edge))
  if (fitting.length === 0) return plain
  return fast.oneof({ arbitrary: plain, weight: 3 }, { arbitrary: fast.constantFrom(...fitting), weight: 1 })
}

function objectArbitrary(
  fast: FastCheck,
  node: ObjectNode,
  { extraNames, edges }: ArbitraryOptions,
  make: (part: FrozenNode) => Arbitrary,
): Arbitrary {
  const names = Object.keys(node.members)
  const requiredKeys = names.filter((name) => !isOptional(node, name))
  // An optional member that nothing fits is one that is never there.
  const made = names.filter((name) => requiredKeys.includes(name) || node.members[name]?.kind !== 'nothing')
  const members = Object.fromEntries(made.map((name) => [name, make(node.members[name] as FrozenNode)]))
  const known = fast.record(members, { requiredKeys, noNullPrototype: true }) as Arbitrary
  const foreign = extraNames.filter((name) => !Object.hasOwn(node.members, name))
  if (node.rest.kind === 'nothing' || foreign.length === 0) return known
  const value = node.rest.kind === 'anything' ? anyValue(fast, edges) : make(node.rest)
  return fast
    .tuple(known, fast.dictionary(fast.constantFrom(...foreign), value, { maxKeys: 2 }))
    .map(([body, extra]) => ({ ...extra, ...(body as object) }))
}

/** Short lists, and lists of exactly the lengths at which a model changes its mind. */
function arrayArbitrary(
  fast: FastCheck,
  node: ArrayNode,
  { edges }: ArbitraryOptions,
  make: (part: FrozenNode) => Arbitrary,
): Arbitrary {
  const least = node.countMin ?? 0
  const most = Math.max(least, Math.min(node.countMax ?? countMax, countMax))
  const items = make(node.items)
  const short = fast.array(items, { minLength: least, maxLength: Math.min(most, least + 3) })
  const exact = edges.counts
    .filter((count) => count > least && count <= most)
    .map((count) => fast.array(items, { minLength: count, maxLength: count, size: 'max' }))
  return exact.length === 0 ? short : fast.oneof({ arbitrary: short, weight: 3 }, ...exact)
}

/** Any JSON value, shallow. */
function anyValue(fast: FastCheck, edges: Edges): Arbitrary {
  const scalar = fast.oneof(
    fast.constantFrom<unknown>(null, true, false, 0, 1, -1, 0.5, '', ...edges.numbers, ...edges.texts),
    fast.string({ maxLength: 8 }),
    fast.integer(),
  )
  return fast.oneof(
    scalar,
    fast.array(scalar, { maxLength: 2 }),
    fast.dictionary(fast.string({ maxLength: 3 }), scalar, { maxKeys: 2 }),
  )
}

function textArbitrary(fast: FastCheck, node: TextNode): Arbitrary {
  switch (node.kind) {
    case 'decimal':
      return fast
        .tuple(
          fast.boolean(),
          fast.maxSafeNat(),
          fast.string({ unit: fast.constantFrom(...'0123456789'), maxLength: 6 }),
        )
        .map(([isNegative, whole, digits]) => `${isNegative ? '-' : ''}${whole}${digits === '' ? '' : `.${digits}`}`)
    case 'instant':
      return instantArbitrary(fast)
    case 'hash': {
      const length = node.algo === 'sha1' ? 40 : 64
      return fast.string({ unit: fast.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
    }
    default:
      return plainText(fast, node)
  }
}

function plainText(fast: FastCheck, node: TextNode): Arbitrary {
  const [pattern] = node.patterns ?? []
  if (pattern !== undefined) return matchingText(fast, pattern.source, pattern.flags)
  const minLength = node.lengthMin ?? 0
  const maxLength = Math.min(node.lengthMax ?? Infinity, minLength + 12)
  return fast.oneof(
    fast.string({ minLength, maxLength }),
    fast.string({ minLength, maxLength, unit: 'grapheme-ascii' }),
    fast.string({ minLength, maxLength, unit: 'binary' }),
  )
}

/** Texts for the expression, or for what is left of it without look-arounds; the search drops those that do not fit. */
function matchingText(fast: FastCheck, source: string, flags: string): Arbitrary {
  const plain = withoutAssertions(source)
  try {
    return fast.stringMatching(new RegExp(plain, flags))
  } catch (error) {
    throw new NoDocuments(`nobody can make text for /${source}/${flags}: ${(error as Error).message}`)
  }
}

function instantArbitrary(fast: FastCheck): Arbitrary {
  const date = fast.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T00:00:00Z'),
    noInvalidDate: true,
  })
  const zone = fast.constantFrom('Z', '+00:00', '-05:30', '+14:00')
  const fraction = fast.constantFrom('', '.5', '.123456', '.123456789')
  return fast
    .tuple(date, fraction, zone)
    .map(([day, part, offset]) => `${day.toISOString().slice(0, 19)}${part}${offset}`)
}

function numberArbitrary(fast: FastCheck, node: NumberNode): Arbitrary {
  const [step] = node.multipleOf ?? []
  const { min = -Infinity, above = -Infinity, max = Infinity, below = Infinity } = node
  if (node.kind === 'int' || step !== undefined) {
    const unit = step ?? 1
    const low = Math.max(min, above, Number.MIN_SAFE_INTEGER)
    const high = Math.min(max, below, Number.MAX_SAFE_INTEGER)
    const first = Math.max(Math.ceil(low / unit), Number.MIN_SAFE_INTEGER)
    const last = Math.min(Math.floor(high / unit), Number.MAX_SAFE_INTEGER)
    if (first > last) throw new NoDocuments('no number fits')
    return fast.integer({ min: first, max: last }).map((count) => scaled(count, unit))
  }
  const low = Math.max(min, above)
  const high = Math.min(max, below)
  if (low > high) throw new NoDocuments('no number fits')
  return fast.double({ min: low, max: high, noNaN: true, noDefaultInfinity: true })
}

function scaled(count: number, unit: number): number {
  return Number.isInteger(unit) ? count * unit : Number((count * unit).toPrecision(12))
}
