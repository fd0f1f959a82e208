// A token-preserving tree to canonical text in any dialect (formats §1.3). Iterative: a tree of any depth is written
// with a stack of its own.
import { type Dialect, type DialectRules, dialectRules } from './dialect.ts'
import type { ArrayNode, JsonMember, JsonNode, ObjectNode } from './json-node.ts'
import { formatPointer } from './json-pointer.ts'
import { escapeNonAscii, quoteAny, quoteWellFormed } from './json-string.ts'
import { pythonLexeme } from './python-number.ts'

export interface FormatOptions {
  /** One top-level key that is left out, for checksums over everything but themselves. */
  omit?: string
}

export type FormatResult =
  | { ok: true; text: string }
  | { ok: false; code: 'lone-surrogate' | 'non-finite-number'; path: string }

/**
 * The canonical text of a tree. Of repeated keys the last wins and replaces. Fails where the dialect has no text for the
 * value: a lone surrogate in `python`, `python-compact` and `jcs`, a non-finite number in `kernel`, `jcs` and `plain`.
 */
export function formatNode(root: JsonNode, dialect: Dialect, options: FormatOptions = {}): FormatResult {
  return new NodeFormatter(dialectRules[dialect]).format(root, options.omit)
}

interface Frame {
  node: ObjectNode | ArrayNode
  parts: readonly JsonMember[] | readonly JsonNode[]
  /** Index of the next part. */
  next: number
}

class NodeFormatter {
  readonly #rules: DialectRules
  readonly #stack: Frame[] = []
  #text = ''
  #failure: 'lone-surrogate' | 'non-finite-number' | undefined

  constructor(rules: DialectRules) {
    this.#rules = rules
  }

  format(root: JsonNode, omit: string | undefined): FormatResult {
    this.#begin(root, omit)
    while (this.#stack.length > 0 && this.#failure === undefined) {
      const frame = this.#stack[this.#stack.length - 1]!
      const part = frame.parts[frame.next]
      if (part === undefined) {
        this.#text += frame.node.kind === 'object' ? '}' : ']'
        this.#stack.pop()
        continue
      }
      if (frame.next++ > 0) this.#text += this.#rules.comma
      if ('key' in part) {
        this.#string(part.key)
        if (this.#failure !== undefined) break
        this.#text += this.#rules.colon
        this.#begin(part.value)
      } else this.#begin(part)
    }
    if (this.#failure !== undefined) return { ok: false, code: this.#failure, path: this.#path() }
    return { ok: true, text: this.#rules.isAscii ? escapeNonAscii(this.#text) : this.#text }
  }

  /** Writes a scalar, or opens a container whose parts follow. */
  #begin(node: JsonNode, omit?: string): void {
    if (node.kind === 'object') {
      this.#text += '{'
      this.#stack.push({ node, parts: settleMembers(node.members, this.#rules, omit), next: 0 })
    } else if (node.kind === 'array') {
      this.#text += '['
      this.#stack.push({ node, parts: node.items, next: 0 })
    } else if (node.kind === 'string') this.#string(node.value)
    else if (node.kind === 'literal') this.#text += String(node.value)
    else this.#number(node.lexeme)
  }

  #string(value: string): void {
    const quoted = this.#rules.allowsLoneSurrogate ? quoteAny(value) : quoteWellFormed(value)
    if (quoted === undefined) this.#failure ??= 'lone-surrogate'
    else this.#text += quoted
  }

  #number(lexeme: string): void {
    if (this.#rules.numbers === 'python') {
      // NaN and the infinities print as Python prints them; their lexemes read as numbers in JavaScript, too.
      this.#text += pythonLexeme(lexeme)
      return
    }
    const value = Number(lexeme)
    if (!Number.isFinite(value)) this.#failure ??= 'non-finite-number'
    // Adding zero turns -0 into 0, as Number-to-string prints it.
    this.#text += String(value + 0)
  }

  /** The place of the part begun last. */
  #path(): string {
    return formatPointer(
      this.#stack.map((frame) => {
        const part = frame.parts[frame.next - 1]!
        return 'key' in part ? part.key : frame.next - 1
      }),
    )
  }
}

/** The members to write, in the dialect's order, each key once. A replaced member keeps the place of the first. */
function settleMembers(
  members: readonly JsonMember[],
  rules: DialectRules,
  omit: string | undefined,
): readonly JsonMember[] {
  const compare = rules.compareKeys
  const kept = omit === undefined ? members : members.filter((member) => member.key !== omit)
  if (compare !== undefined && isAscending(kept, compare)) return kept
  const byKey = new Map<string, JsonMember>()
  for (const member of kept) byKey.set(member.key, member)
  const settled = [...byKey.values()]
  return compare === undefined ? settled : settled.sort((a, b) => compare(a.key, b.key))
}

function isAscending(members: readonly JsonMember[], compare: (a: string, b: string) => number): boolean {
  for (let i = 1; i < members.length; i++) if (compare(members[i - 1]!.key, members[i]!.key) >= 0) return false
  return true
}
