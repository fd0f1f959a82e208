// Draft models from stored lines: what was seen, how often. Closes nothing: every object stays open, no value becomes an
// enumeration, and what was always there in what was seen may still be missing elsewhere. Numbers are taken as they are
// spelled, for `1.0` says that a field holds floats.
import type { JsonNode } from '@ledgerd/canonical'

/** A text as source with the quotes that formatters ask for. */
export function quoted(text: string): string {
  return /['\\]|[^ -~]/.test(text) ? JSON.stringify(text) : `'${text}'`
}

export interface InferOptions {
  /** The member that names the event type; `type` or `event_type` if not told. */
  readonly typeKey?: string
  /** The member that holds the payload; `data` if not told. */
  readonly dataKey?: string
}

interface Seen {
  count: number
  readonly kinds: Map<string, number>
  readonly members: Map<string, Seen>
  items: Seen | undefined
}

export interface InferredEvent {
  readonly type: string
  readonly count: number
  /** JavaScript that makes the model, with counts as comments. */
  readonly source: string
}

/** What `defineSchema` takes for the name of a type. */
const eventName = /^[A-Za-z][A-Za-z0-9_.-]{0,127}$/
const membersMax = 64
const typesMax = 200
const depthMax = 16

/** Takes values line by line; ask for the events at the end. Memory is bounded by what differs. */
export class EventInference {
  readonly #types = new Map<string, Seen>()
  readonly #options: InferOptions
  #skipped = 0

  constructor(options: InferOptions = {}) {
    this.#options = options
  }

  /** Lines that named no event type, or one no schema can have, or had no payload. */
  get skipped(): number {
    return this.#skipped
  }

  /** The next line; undefined if it is no JSON. */
  take(record: JsonNode | undefined): void {
    const { typeKey, dataKey = 'data' } = this.#options
    const named =
      typeKey === undefined ? (member(record, 'type') ?? member(record, 'event_type')) : member(record, typeKey)
    const type = named?.kind === 'string' && eventName.test(named.value) ? named.value : undefined
    const data = member(record, dataKey)
    const isRoom = type !== undefined && (this.#types.has(type) || this.#types.size < typesMax)
    if (!isRoom || data?.kind !== 'object') {
      this.#skipped++
      return
    }
    const seen = this.#types.get(type) ?? newSeen()
    this.#types.set(type, seen)
    see(seen, data, 0)
  }

  events(): readonly InferredEvent[] {
    return [...this.#types]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, seen]) => ({ type, count: seen.count, source: sourceOf(seen, '    ') }))
  }
}

function newSeen(): Seen {
  return { count: 0, kinds: new Map(), members: new Map(), items: undefined }
}

function see(seen: Seen, node: JsonNode, depth: number): void {
  seen.count++
  const kind = kindOf(node)
  seen.kinds.set(kind, (seen.kinds.get(kind) ?? 0) + 1)
  if (depth >= depthMax) return
  if (node.kind === 'array') {
    seen.items ??= newSeen()
    for (const item of node.items) see(seen.items, item, depth + 1)
  }
  if (node.kind !== 'object') return
  for (const { key, value } of node.members) {
    // No model can name this one: JavaScript would take it for the prototype.
    if (key === '__proto__' || (!seen.members.has(key) && seen.members.size >= membersMax)) continue
    const below = seen.members.get(key) ?? newSeen()
    seen.members.set(key, below)
    see(below, value, depth + 1)
  }
}

function kindOf(node: JsonNode): string {
  if (node.kind === 'number')
    return /[.eE]/.test(node.lexeme) || !Number.isSafeInteger(Number(node.lexeme)) ? 'float' : 'int'
  if (node.kind === 'literal') return node.value === null ? 'null' : 'boolean'
  return node.kind === 'non-finite' ? 'float' : node.kind
}

function sourceOf(seen: Seen, indent: string): string {
  const kinds = new Set(seen.kinds.keys())
  const isNullable = kinds.delete('null')
  // A whole number among fractions is a float that was spelled short.
  if (kinds.has('float')) kinds.delete('int')
  const parts = [...kinds].sort().map((kind) => partOf(kind, seen, indent))
  const [only] = parts
  const body = only === undefined ? 'z.null()' : parts.length === 1 ? only : `z.union([${parts.join(', ')}])`
  return isNullable && only !== undefined ? `${body}.nullable()` : body
}

function partOf(kind: string, seen: Seen, indent: string): string {
  switch (kind) {
    case 'string':
      return 'text()'
    case 'int':
      return 'int()'
    case 'float':
      return 'float()'
    case 'boolean':
      return 'z.boolean()'
    case 'array':
      return `z.array(${seen.items === undefined ? 'z.unknown()' : sourceOf(seen.items, indent)})`
    default:
      return objectSource(seen, indent)
  }
}

function objectSource(seen: Seen, indent: string): string {
  const objects = seen.kinds.get('object') ?? 0
  const names = [...seen.members.keys()]
  // Numbers for names are keys of a record, and so are more names than anybody would write down.
  if (names.length > 1 && names.every((name) => /^\d+$/.test(name)))
    return `z.record(text(), ${sourceOf([...seen.members.values()].reduce(merged, newSeen()), indent)})`
  if (names.length >= membersMax) return 'z.looseObject({})'
  const members = [...seen.members]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, below]) => {
      const source = `${sourceOf(below, `${indent}  `)}${below.count < objects ? '.optional()' : ''}`
      return `${indent}  ${keyText(name)}: ${source}, // in ${below.count} of ${objects}\n`
    })
  return members.length === 0 ? 'z.looseObject({})' : `z.looseObject({\n${members.join('')}${indent}})`
}

/** What both show, as if it had been seen in one place. */
function merged(one: Seen, other: Seen): Seen {
  const sum = newSeen()
  sum.count = one.count + other.count
  for (const { kinds, members, items } of [one, other]) {
    for (const [kind, count] of kinds) sum.kinds.set(kind, (sum.kinds.get(kind) ?? 0) + count)
    for (const [name, below] of members) sum.members.set(name, merged(sum.members.get(name) ?? newSeen(), below))
    if (items !== undefined) sum.items = merged(sum.items ?? newSeen(), items)
  }
  return sum
}

function keyText(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)
}

function member(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.kind === 'object' ? node.members.find(({ key }) => key === name)?.value : undefined
}
