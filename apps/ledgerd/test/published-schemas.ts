// The JSON Schemas as they are published, read from their files and compiled by a validator that knows nothing of the
// models they were made from.
import fs from 'node:fs'
import path from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

const folder = path.join(import.meta.dirname, '../json-schemas')

export class PublishedSchemas {
  readonly #validators = new Map<string, ValidateFunction>()
  /** Kinds of documents that were judged. */
  readonly seen: Set<string> = new Set()

  constructor() {
    // Each time and each base64 text has a pattern beside its format, and the pattern is what is checked.
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, formats: { 'date-time': true, base64: true } })
    for (const name of fs.readdirSync(folder))
      this.#validators.set(name, ajv.compile(JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as object))
  }

  /** What is wrong with a document; undefined if nothing is. One of a kind that has no schema is wrong. */
  problemOf(document: unknown): string | undefined {
    const { kind, v } = document as { readonly kind?: unknown; readonly v?: unknown }
    const validate = this.#validators.get(`${String(kind)}.v${String(v)}.json`)
    if (validate === undefined) return `there is no schema for kind ${String(kind)}, v ${String(v)}`
    this.seen.add(String(kind))
    if (validate(document)) return undefined
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`).join('; ')
  }
}
