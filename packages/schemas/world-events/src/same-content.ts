// Whether a stored line records what a draft says: type, link, meta, data and id. Time and checksum do not count, nor
// does the spelling of the stored line, which may come from another writer.
import { formatNode, parse } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import { applyNumberPlan, hasText, memberNode } from '@ledgerd/schema'
import { declaredType } from './events.ts'
import { bodyOffset, layout } from './line-layout.ts'
import { dataText, linkText, metaText } from './world-draft.ts'
import type { WorldDraft } from './world-draft.ts'

const encoder = new TextEncoder()

/**
 * `line` is without its LF, `world` the JSON text of the writer's world. A line that cannot be read has other
 * content.
 */
export function isSameContent(draft: WorldDraft, line: Uint8Array, world: Uint8Array): boolean {
  return hasSameBytes(draft, line, world) || hasSameValues(draft, line)
}

/** True if the line is laid out as sealing does it and its spliced texts are the draft's. */
function hasSameBytes(draft: WorldDraft, line: Uint8Array, world: Uint8Array): boolean {
  const pieces = [
    ...[layout.data, dataText(draft), layout.eventId, draft.idText, layout.eventType, draft.typeText],
    ...[layout.link, linkText(draft), layout.meta, metaText(draft), layout.timestamp],
  ]
  let at = bodyOffset + 1
  for (const piece of pieces) {
    if (!hasText(line, at, piece)) return false
    at += piece.length
  }
  // The first quote behind the timestamp's opening one must be where the world begins and all that is left is that.
  const tail = line.indexOf(0x22, at)
  const end = tail + layout.world.length + world.length
  return (
    tail !== -1 &&
    end + 1 === line.length &&
    line[end] === 0x7d &&
    hasText(line, tail, layout.world) &&
    hasText(line, tail + layout.world.length, world) &&
    hasText(line, 0, layout.head)
  )
}

function hasSameValues(draft: WorldDraft, line: Uint8Array): boolean {
  const result = parse(line, { allowNonFinite: true })
  if (!result.ok || result.root.kind !== 'object') return false
  const root: ObjectNode = result.root
  const plan = declaredType(draft.type)?.plan ?? 'any'
  const data = memberNode(root, 'data')
  return (
    isText(memberNode(root, 'event_id'), draft.eventId) &&
    isText(memberNode(root, 'event_type'), draft.type) &&
    isSameValue(memberNode(root, 'ipc_hash'), linkText(draft), 'null') &&
    isSameValue(memberNode(root, 'meta'), metaText(draft), '{}') &&
    isSameValue(data === undefined ? undefined : applyNumberPlan(data, plan), dataText(draft), '')
  )
}

function isText(node: JsonNode | undefined, text: string): boolean {
  return node?.kind === 'string' && node.value === text
}

/** `absent` is what the text of a missing member is taken for. */
function isSameValue(node: JsonNode | undefined, text: Uint8Array, absent: string): boolean {
  const stored = node === undefined ? { ok: true as const, text: absent } : formatNode(node, 'python')
  if (!stored.ok) return false
  const storedText = encoder.encode(stored.text)
  return storedText.length === text.length && hasText(storedText, 0, text)
}
