// A name such as `seq` or `data.status` looked up in one line: what is known of the line first, then the record itself,
// step by step, with numbers in the spelling they have in the file. Where a family's whole record is its data,
// `data.status` is its `status`.
import { type JsonNode, parse } from '@ledgerd/canonical'
import { LedgerError } from '@ledgerd/schema/errors'
import type { DecodedEvent } from '@ledgerd/schema'
import type { LineItem } from './line-item.ts'

/** What is known of a line without its payload; empty where it is not. */
export type KnownNames = Readonly<
  Record<'ledger' | 'seq' | 'line' | 'offset' | 'eventId' | 'type' | 'time' | 'link', string>
>

/** A line with its known names and its record, each read when first asked for. */
export class RecordValues {
  readonly #item: LineItem
  #known: KnownNames | undefined
  #root: JsonNode | undefined
  #isParsed = false

  constructor(item: LineItem) {
    this.#item = item
  }

  get known(): KnownNames {
    this.#known ??= knownNames(this.#item)
    return this.#known
  }

  /** The value at a path; a known name gives its text. Undefined where there is nothing. */
  at(path: readonly string[]): JsonNode | string | undefined {
    const [first = ''] = path
    if (path.length === 1 && Object.hasOwn(this.known, first)) return this.known[first as keyof KnownNames]
    const root = this.#record()
    const isWholeRecord = first === 'data' && root !== undefined && stepInto(root, first) === undefined
    let node = root
    for (const name of isWholeRecord ? path.slice(1) : path)
      node = node === undefined ? undefined : stepInto(node, name)
    return node
  }

  #record(): JsonNode | undefined {
    if (!this.#isParsed) {
      const result = parse(this.#item.bytes, { allowNonFinite: true })
      this.#root = result.ok ? result.root : undefined
      this.#isParsed = true
    }
    return this.#root
  }
}

/** The line read as an event; undefined where its schema cannot, or is not known. */
export function decodeItem({ schema, bytes }: LineItem): DecodedEvent | undefined {
  try {
    return schema?.decode(bytes)
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'EVENT_INVALID') return undefined
    throw error
  }
}

/** What is known of a line. */
export function knownNames(item: LineItem): KnownNames {
  const { ledger, seq, offset } = item
  const event = decodeItem(item)
  return {
    ledger,
    seq: String(seq),
    line: String(seq + 1),
    offset: offset === undefined ? '' : String(offset),
    eventId: event?.eventId ?? '',
    type: event?.type ?? '',
    time: event?.time ?? '',
    link: event?.link ?? '',
  }
}

function stepInto(node: JsonNode, name: string): JsonNode | undefined {
  if (node.kind === 'object') return node.members.findLast((member) => member.key === name)?.value
  return node.kind === 'array' && /^\d{1,9}$/.test(name) ? node.items[Number(name)] : undefined
}
