// The JSON Schemas as they are published, read from their files and compiled by a validator that knows nothing of the
// models they were made from.
import fs from 'node:fs'
import path from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

const folder = path.join(import.meta.dirname, '../json-schemas')

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
}

export class PublishedSchemas {
  readonly #validators = new Map<string, ValidateFunction>()
  readonly #members = new Set<string>()
  readonly #met = new Set<string>()
  /** Kinds of documents that were judged. */
  readonly seen: Set<string> = new Set()

  constructor() {
    // Each time and each base64 text has a pattern beside its format, and the pattern is what is checked.
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, formats: { 'date-time': true, base64: true } })
    for (const name of fs.readdirSync(folder)) {
      const schema = JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as SchemaNode
      this.#validators.set(name, ajv.compile(schema))
      for (const member of membersOf(schema)) this.#members.add(`${name.split('.')[0]}${member}`)
    }
  }

  /** Members that no document had which was right, as `kind/member`, with `*` for any item. */
  get unmet(): readonly string[] {
    return [...this.#members].filter((member) => !this.#met.has(member)).toSorted()
  }

  /** What is wrong with a document; undefined if nothing is. One of a kind that has no schema is wrong. */
  problemOf(document: unknown): string | undefined {
    const { kind, v } = document as { readonly kind?: unknown; readonly v?: unknown }
    const validate = this.#validators.get(`${String(kind)}.v${String(v)}.json`)
    if (validate === undefined) return `there is no schema for kind ${String(kind)}, v ${String(v)}`
    this.seen.add(String(kind))
    if (validate(document)) {
      for (const member of placesIn(document)) this.#met.add(`${String(kind)}${member}`)
      return undefined
    }
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`).join('; ')
  }
}

function membersOf({ properties = {}, items, anyOf = [] }: SchemaNode): string[] {
  return [
    ...anyOf.flatMap(membersOf),
    ...Object.entries(properties).flatMap(([name, node]) => [
      `/${name}`,
      ...membersOf(node).map((below) => `/${name}${below}`),
    ]),
    ...(items === undefined ? [] : membersOf(items).map((below) => `/*${below}`)),
  ]
}

function placesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(placesIn).map((below) => `/*${below}`)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) => [
    `/${name}`,
    ...placesIn(part).map((below) => `/${name}${below}`),
  ])
}
