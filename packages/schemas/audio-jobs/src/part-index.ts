// The index of a ledger in parts: `<name>.index.json` names files of whole rows and, of those that are finished, their
// length and digest (formats §5.4). Its members keep the original's order when written.
import { formatValue, parse } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import { memberNode } from '@ledgerd/schema'
import type { Finding } from '@ledgerd/schema'
import { isInteger, textOf } from './node-facts.ts'

export interface Part {
  /** The place of the part among the others, from 0. */
  readonly i: number
  /** Relative to the folder of the index. */
  readonly path: string
  /** Length of a sealed part; of an open one nothing is known. */
  readonly bytes: number
  /** 64 lower-case hex digits, without prefix; null while the part is open, or was abandoned. */
  readonly sha256: string | null
  /** Unix seconds. */
  readonly finalizedAt: number | undefined
}

export interface PartIndex {
  readonly name: string
  /** Unix seconds. */
  readonly createdAt: number
  /** Ordered by `i`. */
  readonly parts: readonly Part[]
}

export interface PartIndexReading {
  /** Undefined if there is a finding. */
  readonly index: PartIndex | undefined
  /** About the whole file, so at line 0; `path` points into it. */
  readonly findings: readonly Finding[]
}

/** Reads an index of any origin. Findings, all E: those of the scanner, `missing-field`, `wrong-type`, `hash-format`. */
export function parsePartIndex(bytes: Uint8Array): PartIndexReading {
  const result = parse(bytes)
  if (!result.ok) return { index: undefined, findings: [indexFinding(result.code, '', `No index: ${result.message}.`)] }
  const reader = new IndexReader()
  for (const { code, path } of result.findings) reader.fault(code, path, `The index holds a ${code} at ${path}.`)
  const index = reader.index(result.root)
  return reader.findings.length === 0 ? { index, findings: [] } : { index: undefined, findings: reader.findings }
}

/** As the original writes it, without a final LF. */
export function formatPartIndex({ name, createdAt, parts }: PartIndex): string {
  const rows = parts.map(({ i, path, bytes, sha256, finalizedAt }) => {
    const members = [`"i": ${i}`, `"path": ${formatValue(path, 'python')}`, `"bytes": ${bytes}`]
    members.push(`"sha256": ${sha256 === null ? 'null' : `"${sha256}"`}`)
    if (finalizedAt !== undefined) members.push(`"finalized_at": ${finalizedAt}`)
    return `    {\n${members.map((member) => `      ${member}`).join(',\n')}\n    }`
  })
  const list = rows.length === 0 ? '[]' : `[\n${rows.join(',\n')}\n  ]`
  return `{\n  "name": ${formatValue(name, 'python')},\n  "created_at": ${createdAt},\n  "parts": ${list}\n}`
}

/** A finding about an index; its files are named by pointers, since they have no lines of the ledger's. */
export function indexFinding(
  code: string,
  path: string,
  message: string,
  facts: { readonly expected?: string; readonly found?: string } = {},
): Finding {
  return { code, severity: 'E', line: 0, offset: 0, path, ...facts, message }
}

const digestPattern = /^[0-9a-f]{64}$/

class IndexReader {
  readonly findings: Finding[] = []

  fault(code: string, path: string, message: string): void {
    this.findings.push(indexFinding(code, path, message))
  }

  index(root: JsonNode): PartIndex {
    const object = this.#object(root, '')
    const list = this.#member(object, '', 'parts')
    if (list !== undefined && list.kind !== 'array') this.#wrongType('/parts', 'an array')
    const parts = list?.kind === 'array' ? list.items.map((item, at) => this.#part(item, `/parts/${at}`)) : []
    return {
      name: this.#text(object, '', 'name'),
      createdAt: this.#count(object, '', 'created_at'),
      parts: parts.sort((a, b) => a.i - b.i),
    }
  }

  #part(node: JsonNode, path: string): Part {
    const object = this.#object(node, path)
    return {
      i: this.#count(object, path, 'i'),
      path: this.#text(object, path, 'path'),
      bytes: this.#count(object, path, 'bytes'),
      sha256: this.#digest(object, path),
      finalizedAt:
        object !== undefined && memberNode(object, 'finalized_at') !== undefined
          ? this.#count(object, path, 'finalized_at')
          : undefined,
    }
  }

  #digest(object: ObjectNode | undefined, path: string): string | null {
    const node = this.#member(object, path, 'sha256')
    if (node === undefined || (node.kind === 'literal' && node.value === null)) return null
    const digest = textOf(node) ?? ''
    if (!digestPattern.test(digest))
      this.fault('hash-format', `${path}/sha256`, 'sha256 must be 64 lower-case hex digits.')
    return digest
  }

  #text(object: ObjectNode | undefined, path: string, key: string): string {
    const node = this.#member(object, path, key)
    if (node !== undefined && node.kind !== 'string') this.#wrongType(`${path}/${key}`, 'a string')
    return textOf(node) ?? ''
  }

  #count(object: ObjectNode | undefined, path: string, key: string): number {
    const node = this.#member(object, path, key)
    if (node === undefined) return 0
    const count = node.kind === 'number' && isInteger(node) ? Number(node.lexeme) : Number.NaN
    if (Number.isSafeInteger(count) && count >= 0) return count
    this.#wrongType(`${path}/${key}`, 'a count')
    return 0
  }

  #object(node: JsonNode, path: string): ObjectNode | undefined {
    if (node.kind === 'object') return node
    this.#wrongType(path, 'an object')
    return undefined
  }

  #member(object: ObjectNode | undefined, path: string, key: string): JsonNode | undefined {
    if (object === undefined) return undefined
    const node = memberNode(object, key)
    if (node === undefined) this.fault('missing-field', `${path}/${key}`, `The index lacks ${path}/${key}.`)
    return node
  }

  #wrongType(path: string, want: string): void {
    this.fault('wrong-type', path, `${path === '' ? 'The index' : path} must be ${want}.`)
  }
}
