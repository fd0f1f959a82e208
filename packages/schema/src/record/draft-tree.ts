// The strict reading of a draft in any spelling: a tree, or the refusal with the place and the reason (PROTOCOL.md §4).
import { formatPointer, parse } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import { memberInvalid, placeRefused, valueRefused } from './draft-refusals.ts'
import { draftDepthMax } from './draft-text.ts'

/** Reads a draft, without LF. Throws VALUE_REFUSED, SCHEMA_INVALID if it is not an object. */
export function parseDraft(bytes: Uint8Array): ObjectNode {
  const result = parse(bytes, { depthMax: draftDepthMax, allowNonFinite: true })
  if (!result.ok) {
    const { code, offset, message } = result
    throw valueRefused({ reason: code, offset }, `The draft cannot be recorded: ${message}.`)
  }
  const [finding] = result.findings
  if (finding !== undefined) {
    const { code, offset, path } = finding
    throw placeRefused({ reason: code, path, offset })
  }
  if (result.root.kind !== 'object') throw memberInvalid('', 'A draft is a JSON object')
  refuseProtoKeys(result.root, [])
  return result.root
}

/** Depth was bounded by the scanner, so recursion is too. */
function refuseProtoKeys(node: JsonNode, steps: readonly (string | number)[]): void {
  if (node.kind === 'array') for (const [i, item] of node.items.entries()) refuseProtoKeys(item, [...steps, i])
  if (node.kind !== 'object') return
  for (const { key, keyStart, value } of node.members) {
    const path = [...steps, key]
    if (key === '__proto__') throw placeRefused({ reason: 'proto-key', path: formatPointer(path), offset: keyStart })
    refuseProtoKeys(value, path)
  }
}
