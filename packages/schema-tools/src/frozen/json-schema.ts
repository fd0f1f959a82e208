// JSON Schema 2020-12 from the frozen form, so that no printer of a validator is trusted. An event's model only
// describes its value, so what a writer may put in and what a reader gets out are one document.
import type { FrozenNode, NumberNode, ObjectNode, TextNode, TupleNode } from './frozen-node.ts'

export type JsonSchema = Readonly<Record<string, unknown>> | boolean

/** The schema of one node; meanings stand under `x-ledgerd`. Code is `true` with a `$comment` that names it. */
export function jsonSchemaOf(node: FrozenNode): JsonSchema {
  const schema = bareSchema(node)
  if (node.meaning === undefined) return schema
  return { ...(typeof schema === 'boolean' ? {} : schema), 'x-ledgerd': node.meaning }
}

/** A document of its own, with dialect, id and title. */
export function jsonSchemaDocument(node: FrozenNode, id: string, title: string): Readonly<Record<string, unknown>> {
  const schema = jsonSchemaOf(node)
  const $schema = 'https://json-schema.org/draft/2020-12/schema'
  return { $schema, $id: id, title, ...(typeof schema === 'boolean' ? {} : schema) }
}

function bareSchema(node: FrozenNode): JsonSchema {
  switch (node.kind) {
    case 'text':
    case 'decimal':
    case 'instant':
    case 'hash':
      return textSchema(node)
    case 'int':
    case 'float':
    case 'number':
      return numberSchema(node)
    case 'boolean':
    case 'null':
      return { type: node.kind }
    case 'anything':
      return true
    case 'nothing':
      return false
    case 'enum':
      return node.values.length === 1 ? { const: node.values[0] } : { enum: node.values }
    case 'object':
      return objectSchema(node)
    case 'record':
      return {
        type: 'object',
        ...(node.keys.kind === 'text' && Object.keys(node.keys).length === 1
          ? {}
          : { propertyNames: jsonSchemaOf(node.keys) }),
        additionalProperties: jsonSchemaOf(node.values),
      }
    case 'array':
      return {
        type: 'array',
        items: jsonSchemaOf(node.items),
        ...(node.countMin === undefined ? {} : { minItems: node.countMin }),
        ...(node.countMax === undefined ? {} : { maxItems: node.countMax }),
      }
    case 'tuple':
      return tupleSchema(node)
    case 'union':
      return { anyOf: node.options.map(jsonSchemaOf) }
    case 'code':
      return { $comment: `Decided by code: ${node.construct}.` }
  }
}

/** `instant` is wider than `date-time` in the zone and narrower in the fraction, so the format is only a hint. */
function textSchema(node: TextNode): JsonSchema {
  const patterns = [...ownPattern(node), ...(node.patterns ?? []).filter(({ flags }) => flags === '' || flags === 'u')]
  const [first, ...others] = patterns.map(({ source }) => source)
  return {
    type: 'string',
    ...(node.kind === 'instant' ? { format: 'date-time' } : {}),
    ...(node.lengthMin === undefined ? {} : { minLength: node.lengthMin }),
    ...(node.lengthMax === undefined ? {} : { maxLength: node.lengthMax }),
    ...(first === undefined ? {} : { pattern: first }),
    ...(others.length === 0 ? {} : { allOf: others.map((pattern) => ({ pattern })) }),
  }
}

function ownPattern({ kind, algo }: TextNode): readonly { readonly source: string }[] {
  if (kind === 'decimal') return [{ source: '^-?(?:0|[1-9]\\d*)(?:\\.\\d+)?$' }]
  return kind === 'hash' ? [{ source: `^[0-9a-f]{${algo === 'sha1' ? 40 : 64}}$` }] : []
}

function numberSchema(node: NumberNode): JsonSchema {
  const isInt = node.kind === 'int'
  const [step, ...others] = node.multipleOf ?? []
  return {
    type: isInt ? 'integer' : 'number',
    ...(node.min === undefined && !isInt ? {} : { minimum: node.min ?? Number.MIN_SAFE_INTEGER }),
    ...(node.max === undefined && !isInt ? {} : { maximum: node.max ?? Number.MAX_SAFE_INTEGER }),
    ...(node.above === undefined ? {} : { exclusiveMinimum: node.above }),
    ...(node.below === undefined ? {} : { exclusiveMaximum: node.below }),
    ...(step === undefined ? {} : { multipleOf: step }),
    ...(others.length === 0 ? {} : { allOf: others.map((multipleOf) => ({ multipleOf })) }),
  }
}

function objectSchema(node: ObjectNode): JsonSchema {
  const names = Object.keys(node.members).sort()
  const required = names.filter((name) => node.optional?.includes(name) !== true)
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, jsonSchemaOf(node.members[name] as FrozenNode)])),
    ...(required.length === 0 ? {} : { required }),
    ...(node.rest.kind === 'anything' ? {} : { additionalProperties: jsonSchemaOf(node.rest) }),
  }
}

function tupleSchema(node: TupleNode): JsonSchema {
  return {
    type: 'array',
    ...(node.items.length === 0 ? {} : { prefixItems: node.items.map(jsonSchemaOf) }),
    ...(node.countMin === 0 ? {} : { minItems: node.countMin }),
    items: jsonSchemaOf(node.rest),
  }
}
