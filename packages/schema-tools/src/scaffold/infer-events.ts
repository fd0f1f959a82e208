// Draft models from stored lines: what was seen, how often. Closes nothing: every object stays open, no value becomes an
// enumeration, and what was always there in what was seen may still be missing elsewhere.

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

  /** Lines that named no event type or had no payload. */
  get skipped(): number {
    return this.#skipped
  }

  take(record: unknown): void {
    const { typeKey, dataKey = 'data' } = this.#options
    const body = isObject(record) ? record : {}
    const type = typeKey === undefined ? (body['type'] ?? body['event_type']) : body[typeKey]
    const data = body[dataKey]
    const isRoom = typeof type === 'string' && (this.#types.has(type) || this.#types.size < typesMax)
    if (!isRoom || !isObject(data)) {
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

function see(seen: Seen, value: unknown, depth: number): void {
  seen.count++
  const kind = kindOf(value)
  seen.kinds.set(kind, (seen.kinds.get(kind) ?? 0) + 1)
  if (depth >= depthMax) return
  if (Array.isArray(value))
    for (const item of value) {
      seen.items ??= newSeen()
      see(seen.items, item, depth + 1)
    }
  else if (isObject(value))
    for (const [name, member] of Object.entries(value)) {
      if (!seen.members.has(name) && seen.members.size >= membersMax) continue
      const below = seen.members.get(name) ?? newSeen()
      seen.members.set(name, below)
      see(below, member, depth + 1)
    }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int' : 'float'
  return typeof value
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
  // So many different names are keys of a record, not members.
  if (seen.members.size >= membersMax) return 'z.looseObject({})'
  const members = [...seen.members]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => {
      const isMissing = member.count < objects
      const source = `${sourceOf(member, `${indent}  `)}${isMissing ? '.optional()' : ''}`
      return `${indent}  ${JSON.stringify(name)}: ${source}, // in ${member.count} of ${objects}\n`
    })
  return members.length === 0 ? 'z.looseObject({})' : `z.looseObject({\n${members.join('')}${indent}})`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
