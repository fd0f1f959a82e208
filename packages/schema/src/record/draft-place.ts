// The place in a draft, as it was sent, for a place of the record made of it: what is wrong with the record is told to a
// caller who only knows the draft (PROTOCOL.md §4).
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import type { AdmittedRecord } from './admitted-record.ts'
import { literalNode, objectNode, textNode } from './build-node.ts'
import { memberNode } from './member-node.ts'
import type { Breach, RecordDraft, RecordFormat } from './record-format.ts'
import { payloadPointer } from './record-line.ts'

/** A breach of the record that was composed last, with the draft's place for the record's. */
export function breachInDraft(breach: Breach, admitted: AdmittedRecord, format: RecordFormat): Breach {
  return breach.path === undefined ? breach : breachAt(breach, placeInDraft(breach.path, admitted, format))
}

/** The breach at another place, or at none; a message that names its place names the new one. */
export function breachAt({ path: from, ...breach }: Breach, path: string | undefined): Breach {
  if (path === undefined) return breach
  const words = breach.message.split(' ').map((word) => (word !== '' && word === from ? path : word))
  return { ...breach, path, message: words.join(' ') }
}

/**
 * The payload is the draft's `data`, and the record's other members are called as the draft's are. What neither has is
 * missing there. What only the record has was made at admission: of the draft's id, of its type, or of nothing in it.
 */
function placeInDraft(path: string, { draft, latest }: AdmittedRecord, format: RecordFormat): string | undefined {
  const { record, view } = latest
  const payload = payloadPointer(record, view.data)
  const isOfPayload = path === payload || path.startsWith(`${payload}/`)
  const place = isOfPayload ? `/data${path.slice(payload.length)}` : path
  if (isThere(draftNode(draft), place) || !isThere(record, path)) return place
  if (path === format.line.identity[0]) return '/id'
  return path === format.typePath ? '/type' : undefined
}

/** With what a draft may leave out, for a draft without link is one whose link is null. */
function draftNode({ type, data, id, link, meta = objectNode({}) }: RecordDraft): ObjectNode {
  return objectNode({
    data,
    id: textNode(id),
    link: link === null ? literalNode(null) : textNode(link),
    meta,
    type: textNode(type),
  })
}

function isThere(root: ObjectNode, pointer: string): boolean {
  let node: JsonNode | undefined = root
  for (const escaped of pointer.split('/').slice(1)) {
    const step = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
    if (node?.kind === 'object') node = memberNode(node, step)
    else node = node?.kind === 'array' ? node.items[Number(step)] : undefined
  }
  return node !== undefined
}
