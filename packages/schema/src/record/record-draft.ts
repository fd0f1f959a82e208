// From wire bytes to a draft whose data is valid and whose numbers are spelled as its model declares them.
import { CanonicalScan } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import { applyNumberPlan } from '../apply-plan.ts'
import { schemaInvalid, schemaIssues } from '../schema-issues.ts'
import { memberInvalid, unknownMember } from './draft-refusals.ts'
import { draftDepthMax } from './draft-text.ts'
import { parseDraft } from './draft-tree.ts'
import type { EventType, EventTypes } from './event-types.ts'
import { memberNode, plainValue } from './member-node.ts'
import type { RecordDraft } from './record-format.ts'

const scan = new CanonicalScan()
const memberNames: ReadonlySet<string> = new Set(['data', 'id', 'link', 'meta', 'type'])

/** Reads and validates one draft. Errors: VALUE_REFUSED, SCHEMA_INVALID. */
export function readDraft(bytes: Uint8Array, types: EventTypes): RecordDraft {
  const root = parseDraft(bytes)
  for (const { key } of root.members) if (!memberNames.has(key)) throw unknownMember(key)
  const type = readType(memberNode(root, 'type'), types)
  const data = memberNode(root, 'data')
  if (data?.kind !== 'object') throw memberInvalid('/data', 'Required: the payload, an object')
  return {
    type: type.name,
    data: isPlainFit(bytes, data, type) ? data : fit(data, type),
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

/** True if the draft came as clients send it and its payload certainly fits, with its numbers as declared. */
function isPlainFit(bytes: Uint8Array, data: ObjectNode, { shape }: EventType): boolean {
  return scan.scan(bytes, 0, bytes.length, draftDepthMax) && shape.fits(bytes, data.start, data.end)
}

/** The payload with its numbers as its model declares them. Throws SCHEMA_INVALID if it is not valid. */
function fit(data: ObjectNode, { name, model, plan }: EventType): ObjectNode {
  const issues = schemaIssues(model, plainValue(data), '/data')
  if (issues.length > 0) throw schemaInvalid(name, issues)
  const spelled = applyNumberPlan(data, plan)
  return spelled.kind === 'object' ? spelled : data
}
