// From a zod model to its frozen form, by definitions and never by `instanceof`. What leaves no trace in a definition
// becomes a code node; nothing is dropped in silence.
import { meaningOf } from '@ledgerd/schema'
import type { Meaning } from '@ledgerd/schema'
import type * as z from 'zod'
import { checksOf, freezeNumber, freezeText } from './freeze-scalar.ts'
import type { ArrayNode, EnumValue, FrozenNode, ObjectNode } from './frozen-node.ts'
import { enumOf, nodeDepthMax, unionOf } from './union-form.ts'

interface CompoundDef {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly catchall?: z.ZodType
  readonly keyType?: z.ZodType
  readonly valueType?: z.ZodType
  readonly partial?: boolean
  readonly mode?: string
  readonly element?: z.ZodType
  readonly items?: readonly z.ZodType[]
  readonly rest?: z.ZodType | null
  readonly options?: readonly z.ZodType[]
  readonly inclusive?: boolean
  readonly discriminator?: string
  readonly innerType?: z.ZodType
  readonly values?: readonly unknown[]
  readonly entries?: Readonly<Record<string, string | number>>
}

/** The frozen form of a model. Throws if it is nested deeper than any line may be. */
export function freezeModel(model: z.ZodType, depth = 0): FrozenNode {
  if (depth > nodeDepthMax / 2) throw new Error('The model is nested too deep, or contains itself.')
  return describe(bare(model, depth), meaningOf(model))
}

function describe(node: FrozenNode, meaning: Meaning | undefined): FrozenNode {
  if (meaning === undefined) return node
  const { absent, ...others } = meaning
  // `unknown` is what a missing value says anyway.
  const said = absent === undefined || absent === 'unknown' ? others : { ...others, absent }
  return Object.keys(said).length === 0 ? node : { ...node, meaning: plainCopy(said) }
}

function plainCopy(meaning: Meaning): Meaning {
  return JSON.parse(JSON.stringify(meaning)) as Meaning
}

/** The node without the meaning of the model itself; wrappers pass theirs on. */
function bare(model: z.ZodType, depth: number): FrozenNode {
  const def = model._zod.def as unknown as CompoundDef
  const inner = def.innerType
  switch (def.type) {
    case 'string':
      return freezeText(model)
    case 'number':
      return freezeNumber(model)
    case 'array':
      return freezeArray(model, def, depth)
    default:
  }
  if (checksOf(model).length > 0) return code(`${def.type} with ${checksOf(model)[0]?.check ?? 'a check'}`)
  switch (def.type) {
    case 'boolean':
    case 'null':
      return { kind: def.type }
    case 'unknown':
    case 'any':
      return { kind: 'anything' }
    case 'never':
      return { kind: 'nothing' }
    case 'literal':
      return freezeValues(def.values ?? [])
    case 'enum':
      return freezeValues(enumValues(def.entries ?? {}))
    case 'object':
      return freezeObject(def, depth)
    case 'record':
      return freezeRecord(def, depth)
    case 'tuple':
      return freezeTuple(def, depth)
    case 'union':
      if (def.inclusive === false && def.discriminator === undefined) return code('xor')
      return unionOf((def.options ?? []).map((option) => freezeModel(option, depth + 1)))
    case 'optional':
      return inner === undefined ? code('optional') : bare(inner, depth + 1)
    case 'nullable':
      return inner === undefined ? code('nullable') : unionOf([{ kind: 'null' }, bare(inner, depth + 1)])
    default:
      return code(def.type)
  }
}

function freezeValues(values: readonly unknown[]): FrozenNode {
  const scalars: EnumValue[] = []
  for (const value of values) {
    if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') scalars.push(value)
    else if (value !== null) return code(`literal ${typeof value}`)
  }
  return unionOf([enumOf(scalars), ...(values.includes(null) ? [{ kind: 'null' } as const] : [])])
}

/** A numeric TypeScript enum lists its names as values too; zod leaves them out, and so do we. */
function enumValues(entries: Readonly<Record<string, string | number>>): readonly (string | number)[] {
  const numbers = new Set(Object.values(entries).filter((value) => typeof value === 'number'))
  return Object.entries(entries)
    .filter(([name]) => !numbers.has(Number(name)))
    .map(([, value]) => value)
}

function freezeObject({ shape = {}, catchall }: CompoundDef, depth: number): FrozenNode {
  const names = Object.keys(shape).sort()
  const members = Object.create(null) as Record<string, FrozenNode>
  for (const name of names) members[name] = freezeModel(shape[name] as z.ZodType, depth + 1)
  const optional = names.filter((name) => mayBeMissing(shape[name]))
  // Without a catchall zod reads over unknown members and drops them: as a reader it is open.
  const rest: FrozenNode = catchall === undefined ? { kind: 'anything' } : freezeModel(catchall, depth + 1)
  return objectOf(members, optional, rest)
}

/** As zod decides it: also a union with an optional branch. */
function mayBeMissing(model: z.ZodType | undefined): boolean {
  return model?._zod.optin === 'optional'
}

function objectOf(
  members: Readonly<Record<string, FrozenNode>>,
  optional: readonly string[],
  rest: FrozenNode,
): ObjectNode {
  return { kind: 'object', members, ...(optional.length === 0 ? {} : { optional }), rest }
}

/** Over an enumeration a record is an object in disguise: zod asks for every key and takes no other. */
function freezeRecord({ keyType, valueType, partial, mode }: CompoundDef, depth: number): FrozenNode {
  if (keyType === undefined || valueType === undefined) return code('record')
  const keys = freezeModel(keyType, depth + 1)
  const values = freezeModel(valueType, depth + 1)
  if (keys.kind === 'enum') {
    if (mode === 'loose' || keys.values.some((key) => typeof key !== 'string')) return code('record over such keys')
    const names = keys.values as readonly string[]
    const isEachOptional = partial === true || mayBeMissing(valueType)
    const members = Object.create(null) as Record<string, FrozenNode>
    for (const name of [...names].sort()) members[name] = values
    return objectOf(members, isEachOptional ? [...names].sort() : [], { kind: 'nothing' })
  }
  const isText = keys.kind === 'text' || keys.kind === 'decimal' || keys.kind === 'instant' || keys.kind === 'hash'
  const isConstrained = keys.kind !== 'text' || keys.lengthMin !== undefined || keys.lengthMax !== undefined
  const isLooseAboutSome = mode === 'loose' && (isConstrained || (isText && keys.patterns !== undefined))
  return isText && !isLooseAboutSome ? { kind: 'record', keys, values } : code('record over such keys')
}

function freezeArray(model: z.ZodType, { element }: CompoundDef, depth: number): FrozenNode {
  if (element === undefined) return code('array')
  let countMin = 0
  let countMax = Infinity
  for (const { check, minimum, maximum, length } of checksOf(model)) {
    if (check === 'min_length' && minimum !== undefined) countMin = Math.max(countMin, minimum)
    else if (check === 'max_length' && maximum !== undefined) countMax = Math.min(countMax, maximum)
    else if (check === 'length_equals' && length !== undefined) {
      countMin = Math.max(countMin, length)
      countMax = Math.min(countMax, length)
    } else return code(`array with ${check}`)
  }
  const node: ArrayNode = {
    kind: 'array',
    items: freezeModel(element, depth + 1),
    ...(countMin === 0 ? {} : { countMin }),
    ...(countMax === Infinity ? {} : { countMax }),
  }
  return node
}

function freezeTuple({ items = [], rest }: CompoundDef, depth: number): FrozenNode {
  const last = items.findLastIndex((item) => !mayBeMissing(item))
  return {
    kind: 'tuple',
    items: items.map((item) => freezeModel(item, depth + 1)),
    countMin: last + 1,
    rest: rest === undefined || rest === null ? { kind: 'nothing' } : freezeModel(rest, depth + 1),
  }
}

function code(construct: string): FrozenNode {
  return { kind: 'code', construct }
}
