// Makes wire drafts (PROTOCOL.md §4) from what people type or pipe in. Payload bytes go through untouched, so that 1.0
// stays 1.0; every draft gets its identity here, before it is first sent, so that trying again is safe.
import { formatNode, type JsonNode, type ObjectNode, parse } from '@ledgerd/canonical'
import { LedgerError } from '@ledgerd/schema/errors'
import { deriveEventId } from '../schemas/event-key.ts'

export interface WireDraft {
  readonly eventId: string
  /** Without LF. */
  readonly bytes: Uint8Array
}

export interface DraftParts {
  readonly type: string
  /** JSON text, any spelling. */
  readonly data: Uint8Array
  readonly link: string | undefined
  readonly key: string | undefined
  /** JSON text. */
  readonly meta: Uint8Array | undefined
}

/** One draft from its parts. Throws LedgerError VALUE_REFUSED for text that is not JSON. */
export function draftOfParts(ledger: string, parts: DraftParts, makeId: () => string): WireDraft {
  const eventId = parts.key === undefined ? makeId() : deriveEventId(ledger, parts.key)
  const meta = parts.meta === undefined ? [] : [', "meta": ', oneLine(parts.meta, 'meta')]
  const link = parts.link === undefined ? 'null' : JSON.stringify(parts.link)
  const head = [`{"data": `, oneLine(parts.data, 'data'), `, "id": ${JSON.stringify(eventId)}, "link": ${link}`]
  return { eventId, bytes: join([...head, ...meta, `, "type": ${JSON.stringify(parts.type)}}`]) }
}

/** One line of a batch: its `id`, or one from its `key`, or a new one is put in. Throws LedgerError VALUE_REFUSED. */
export function draftOfLine(ledger: string, line: Uint8Array, number: number, makeId: () => string): WireDraft {
  const root = parseStrictly(line, `draft ${number}`)
  if (root.kind !== 'object') throw refused(`draft ${number} is no JSON object`)
  const id = textMember(root, 'id', number)
  const key = textMember(root, 'key', number)
  if (id !== undefined && key !== undefined) throw refused(`draft ${number} has both id and key; give one of them`)
  const eventId = id ?? (key === undefined ? makeId() : deriveEventId(ledger, key))
  const members = root.members.filter((member) => member.key !== 'id' && member.key !== 'key')
  const parts: (string | Uint8Array)[] = [`{"id": ${JSON.stringify(eventId)}`]
  for (const { key: name, value } of members)
    parts.push(`, ${JSON.stringify(name)}: `, line.subarray(value.start, value.end))
  return { eventId, bytes: join([...parts, '}']) }
}

function textMember(root: ObjectNode, name: string, number: number): string | undefined {
  const value = root.members.find((member) => member.key === name)?.value
  if (value === undefined) return undefined
  if (value.kind !== 'string') throw refused(`"${name}" of draft ${number} is no string`)
  return value.value
}

/** The JSON on one line: as it stands if it is, else respelled with every number kept. */
function oneLine(json: Uint8Array, name: string): Uint8Array {
  const root = parseStrictly(json, name)
  if (!json.includes(0x0a)) return json
  const text = formatNode(root, 'python')
  if (!text.ok) throw refused(`${name} holds a value no line can hold, at ${text.path || 'its root'}`)
  return Buffer.from(text.text)
}

function parseStrictly(json: Uint8Array, name: string): JsonNode {
  const result = parse(json)
  if (!result.ok) throw refused(`${name} is not JSON: ${result.message}`)
  const [first] = result.findings
  if (first !== undefined)
    throw refused(`${name} has a ${first.code} at ${first.path || 'its root'} (byte ${first.offset})`)
  return result.root
}

function refused(sentence: string): LedgerError {
  return new LedgerError('VALUE_REFUSED', sentence)
}

function join(parts: readonly (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
}
