// From wire bytes to a draft whose data is valid and whose numbers are spelled as its model declares them.
import { formatPointer } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import { applyNumberPlan } from '../apply-plan.ts'
import { schemaInvalid, schemaIssues } from '../schema-issues.ts'
import { memberInvalid } from './draft-refusals.ts'
import { parseDraft } from './draft-tree.ts'
import type { EventType, EventTypes } from './event-types.ts'
import { memberNode, plainValue } from './member-node.ts'
import type { RecordDraft } from './record-format.ts'

const memberNames: ReadonlySet<string> = new Set(['data', 'id', 'link', 'meta', 'type'])

/** Reads and validates one draft. Errors: VALUE_REFUSED, SCHEMA_INVALID. */
export function readDraft(bytes: Uint8Array, types: EventTypes): RecordDraft {
  const root = parseDraft(bytes)
  for (const { key } of root.members)
    if (!memberNames.has(key)) throw memberInvalid(formatPointer([key]), 'Unknown member')
  const type = readType(memberNode(root, 'type'), types)
  const data = memberNode(root, 'data')
  if (data?.kind !== 'object') throw memberInvalid('/data', 'Required: the payload, an object')
  const issues = schemaIssues(type.model, plainValue(data), '/data')
  if (issues.length > 0) throw schemaInvalid(type.name, issues)
  return {
    type: type.name,
    data: spell(data, type),
    id: readId(memberNode(root, 'id')),
    link: readLink(memberNode(root, 'link')),
    meta: readMeta(memberNode(root, 'meta')),
  }
}

function readType(node: JsonNode | undefined, types: EventTypes): EventType {
  if (node?.kind !== 'string') throw memberInvalid('/type', 'Required: the event type, a string')
  const type = types.find(node.value)
  if (type === undefined) throw memberInvalid('/type', `Unknown event type; known are ${types.names.join(', ')}`)
  return type
}

function readId(node: JsonNode | undefined): string {
  if (node?.kind === 'string' && node.value !== '') return node.value
  throw memberInvalid('/id', 'Required: the identity of the event, a string')
}

function readLink(node: JsonNode | undefined): string | null {
  if (node === undefined || (node.kind === 'literal' && node.value === null)) return null
  if (node.kind === 'string') return node.value
  throw memberInvalid('/link', 'Must be null or a string')
}

/** An empty object says nothing: it is what clients send for no meta at all. */
function readMeta(node: JsonNode | undefined): ObjectNode | undefined {
  if (node === undefined) return undefined
  if (node.kind !== 'object') throw memberInvalid('/meta', 'Must be an object')
  return node.members.length === 0 ? undefined : node
}

function spell(data: ObjectNode, { plan }: EventType): ObjectNode {
  const spelled = applyNumberPlan(data, plan)
  return spelled.kind === 'object' ? spelled : data
}
