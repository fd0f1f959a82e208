// The grammar of one JSON text as a loop with an explicit stack: the depth of the input is data, never call depth.
import type { ArrayNode, JsonMember, JsonNode, ObjectNode } from './json-node.ts'
import { formatPointer } from './json-pointer.ts'
import { JsonTokens } from './json-tokens.ts'
import type { ParseOptions, ParseResult, ScanFinding } from './parse-result.ts'

/**
 * An open container. Its parts stand from `from` on in the reader's list of that kind. `key` is the member being read;
 * `keys` exists once an object has many members.
 */
interface Frame {
  node: ObjectNode | ArrayNode
  from: number
  key: string
  keyStart: number
  keys: Set<string> | undefined
}

/** A hostile line could yield millions, each with a long path. */
const findingsMax = 100
/** Up to here a walk over the members is cheaper than a set. */
const walkedKeysMax = 8

export class JsonReader {
  readonly #tokens: JsonTokens
  readonly #depthMax: number
  readonly #stack: Frame[] = []
  /**
   * The parts read so far of all open containers. Each container takes its own when it closes, in an array of just that
   * length: one that grew would keep 17 places, and a line of many small containers would cost a gigabyte.
   */
  readonly #items: JsonNode[] = []
  readonly #members: JsonMember[] = []
  readonly #findings: ScanFinding[] = []

  constructor(text: string, options: ParseOptions) {
    this.#tokens = new JsonTokens(text, options)
    this.#depthMax = options.depthMax ?? 1000
  }

  read(): ParseResult {
    const tokens = this.#tokens
    let root: JsonNode | undefined
    let node: JsonNode | undefined
    do {
      node = this.#beginValue()
      root ??= node
    } while (node !== undefined && this.#goOn(node))
    if (tokens.failure === undefined && root !== undefined) tokens.expectEnd(root.kind)
    if (tokens.failure !== undefined) return tokens.failure
    return { ok: true, root: root!, findings: this.#findings }
  }

  /** Reads a scalar or opens a container, and hangs it into its parent. Undefined after a failure. */
  #beginValue(): JsonNode | undefined {
    const tokens = this.#tokens
    const unit = tokens.skipBlanks()
    if (unit === 0x7b || unit === 0x5b) {
      if (this.#stack.length >= this.#depthMax) return tokens.fail('too-deep', `nested over ${this.#depthMax} deep`)
      const start = tokens.offset
      const node: ObjectNode | ArrayNode =
        unit === 0x7b ? { kind: 'object', members: [], start, end: -1 } : { kind: 'array', items: [], start, end: -1 }
      tokens.skip()
      this.#attach(node)
      const from = node.kind === 'object' ? this.#members.length : this.#items.length
      this.#stack.push({ node, from, key: '', keyStart: -1, keys: undefined })
      return node
    }
    const node = tokens.scalar(unit)
    if (node === undefined) return undefined
    if (tokens.loneSurrogateOffset >= 0) this.#find('lone-surrogate', tokens.loneSurrogateOffset)
    if (tokens.isNonFinite) this.#find('non-finite-number', node.start)
    this.#attach(node)
    return node
  }

  /** Closes what ends behind `node`; true if another value must follow, false at the end or after a failure. */
  #goOn(node: JsonNode): boolean {
    const tokens = this.#tokens
    const opened = this.#stack[this.#stack.length - 1]
    if (opened?.node === node && tokens.skipBlanks() !== closerOf(opened.node)) return this.#beginMember(opened)
    for (let frame = opened; frame !== undefined; frame = this.#stack[this.#stack.length - 1]) {
      const closer = closerOf(frame.node)
      const unit = tokens.skipBlanks()
      if (unit === closer) {
        tokens.skip()
        frame.node.end = tokens.offset
        this.#settle(frame)
        this.#stack.pop()
        continue
      }
      if (unit !== 0x2c) {
        tokens.fail('json-invalid', `expected ',' or '${String.fromCharCode(closer)}'`)
        return false
      }
      tokens.skip()
      return this.#beginMember(frame)
    }
    return false
  }

  /** In an object, reads the key and the colon. False after a failure. */
  #beginMember(frame: Frame): boolean {
    if (frame.node.kind === 'array') return true
    const tokens = this.#tokens
    if (tokens.skipBlanks() !== 0x22) {
      tokens.fail('json-invalid', "expected '\"'")
      return false
    }
    const keyStart = tokens.offset
    const key = tokens.string()
    if (key === undefined) return false
    frame.key = key
    if (tokens.loneSurrogateOffset >= 0) this.#find('lone-surrogate', tokens.loneSurrogateOffset)
    if (isRepeated(frame, this.#members, key)) this.#find('duplicate-key', keyStart)
    frame.keyStart = keyStart
    if (tokens.skipBlanks() !== 0x3a) {
      tokens.fail('json-invalid', "expected ':'")
      return false
    }
    tokens.skip()
    return true
  }

  #attach(node: JsonNode): void {
    const frame = this.#stack[this.#stack.length - 1]
    if (frame === undefined) return
    if (frame.node.kind === 'array') this.#items.push(node)
    else this.#members.push({ key: frame.key, keyStart: frame.keyStart, value: node })
  }

  /** Hands a closing container its parts. */
  #settle({ node, from }: Frame): void {
    const parts = node.kind === 'object' ? this.#members : this.#items
    if (parts.length === from) return
    if (node.kind === 'object') node.members = this.#members.slice(from)
    else node.items = this.#items.slice(from)
    parts.length = from
  }

  /** Notes a finding about the value or key being read, which is not attached yet. */
  #find(code: ScanFinding['code'], offset: number): void {
    if (this.#findings.length >= findingsMax) return
    // The items of an open array end where those of the next one begin; its last item is the one that is open, too. Only
    // the innermost container has not been given the value being read.
    const innermost = this.#stack[this.#stack.length - 1]
    let itemsEnd = this.#items.length + (innermost?.node.kind === 'array' ? 1 : 0)
    const steps = this.#stack
      .toReversed()
      .map((frame) => {
        if (frame.node.kind === 'object') return frame.key
        const index = itemsEnd - 1 - frame.from
        itemsEnd = frame.from
        return index
      })
      .toReversed()
    this.#findings.push({ code, offset, path: formatPointer(steps) })
  }
}

function closerOf(node: ObjectNode | ArrayNode): number {
  return node.kind === 'object' ? 0x7d : 0x5d
}

/** True if the object already has this key; `members` holds its own from `frame.from` on. */
function isRepeated(frame: Frame, members: readonly JsonMember[], key: string): boolean {
  if (frame.keys === undefined) {
    if (members.length - frame.from < walkedKeysMax) {
      for (let i = frame.from; i < members.length; i++) if (members[i]!.key === key) return true
      return false
    }
    frame.keys = new Set(members.slice(frame.from).map((member) => member.key))
  }
  if (frame.keys.has(key)) return true
  frame.keys.add(key)
  return false
}
