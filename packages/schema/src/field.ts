// Field types and meanings. A field type belongs to this project, so that a zod release cannot move what it accepts;
// a meaning says what a field stands for and drives labels, links, masking and charts (schema-packages §3).
import * as z from 'zod'
import { isInstant } from './instant.ts'
import { defOf } from './model-tree.ts'

/** What a field stands for. Changing a meaning changes what history says. */
export interface Meaning {
  /** Which way is better: up, down, or towards a target. */
  readonly direction?: 'up' | 'down' | { readonly target: number; readonly tolerance?: number }
  /** UCUM code, or USD, token, LUFS. */
  readonly unit?: string
  /** The name of a link declared by the schema, and the side this field is on. */
  readonly link?: { readonly name: string; readonly role: 'cause' | 'effect' }
  readonly subject?: { readonly kind: string; readonly by: 'id' | 'name' }
  /** The field refers to a file: by the digest of its bytes, or by an opaque content id that is not recomputed. */
  readonly artifact?: { readonly algo: HashAlgo | 'cid'; readonly role: string }
  readonly pii?: 'direct' | 'indirect' | 'secret'
  /** What a missing value says. Default 'unknown'. */
  readonly absent?: 'unknown' | 'unchanged' | 'zero'
  /** Values that look like a measurement and are none. */
  readonly placeholder?: readonly unknown[]
}

export type HashAlgo = 'sha256' | 'sha1'

/** The field types whose frozen form is ours. */
export type FieldType = 'text' | 'int' | 'float' | 'decimal' | 'instant' | `hash:${HashAlgo}`

interface FieldFacts {
  readonly type?: FieldType
  readonly meaning?: Meaning
}

// Facts are inherited by refinements such as `.min(0)`: zod's registries follow a schema's parent.
const fields = z.registry<FieldFacts>()

/** A string of any content that has a UTF-8 form. */
export function text(): z.ZodString {
  return declare(z.string(), 'text')
}

/** An integer that every JSON reader keeps exact (±(2^53 − 1)); written without a fraction. */
export function int(): z.ZodInt {
  return declare(z.int(), 'int')
}

/** A finite IEEE double; always written as a float (`1.0`, never `1`; formats §1.3). */
export function float(): z.ZodNumber {
  return declare(z.number(), 'float')
}

/** A decimal number as text, digit for digit: `-12.50`. */
export function decimal(): z.ZodString {
  return declare(z.string().regex(/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/), 'decimal')
}

/** An RFC 3339 instant with a zone and at most nine fraction digits (formats §1.4). */
export function instant(): z.ZodString {
  return declare(
    z.string().check(z.refine((value) => isInstant(value), 'Must be a date and time with a zone')),
    'instant',
  )
}

/** A lower-case hex digest without prefix. */
export function hash(algo: HashAlgo): z.ZodString {
  const pattern = algo === 'sha256' ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/
  return declare(z.string().regex(pattern), `hash:${algo}`)
}

/** The same field with a meaning attached. The schema handed in is left as it is. */
export function field<Model extends z.ZodType>(model: Model, meaning: Meaning): Model {
  const named = model.clone(undefined, { parent: true })
  fields.add(named, { ...fields.get(model), meaning: { ...meaningOf(model), ...meaning } })
  return named
}

/** The meaning of a field, looked up through `optional` and `nullable`; undefined if it has none. */
export function meaningOf(model: z.ZodType): Meaning | undefined {
  return lookUp(model, (facts) => facts.meaning)
}

/** Which of our field types this is, looked up through `optional` and `nullable`. */
export function fieldTypeOf(model: z.ZodType): FieldType | undefined {
  return lookUp(model, (facts) => facts.type)
}

function declare<Model extends z.ZodType>(model: Model, type: FieldType): Model {
  fields.add(model, { type })
  return model
}

function lookUp<Fact>(model: z.ZodType, pick: (facts: FieldFacts) => Fact | undefined): Fact | undefined {
  for (let inner: z.ZodType | undefined = model; inner !== undefined; inner = unwrap(inner)) {
    const facts = fields.get(inner)
    const fact = facts === undefined ? undefined : pick(facts)
    if (fact !== undefined) return fact
  }
  return undefined
}

function unwrap(model: z.ZodType): z.ZodType | undefined {
  const def = defOf(model)
  return def.type === 'optional' || def.type === 'nullable' ? def.innerType : undefined
}
