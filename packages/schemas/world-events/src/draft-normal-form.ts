// Drafts that did not come as canonical text are brought into it here, or refused with the place and the reason.
import { formatNode, formatPointer, parse } from '@ledgerd/canonical'
import type { JsonNode, NumberPlan, ObjectNode } from '@ledgerd/canonical'
import { applyNumberPlan, invariant } from '@ledgerd/schema'
import { draftDepthMax } from './draft-text.ts'
import { memberInvalid, valueRefused } from './draft-refusals.ts'

const encoder = new TextEncoder()

/** The canonical text of a draft in any spelling. Throws VALUE_REFUSED, SCHEMA_INVALID if it is not an object. */
export function normaliseDraft(bytes: Uint8Array): Uint8Array {
  return encodeNode(readDraft(bytes))
}

/** The same draft with the numbers of `data` spelled as `plan` says. `bytes` was admitted by `normaliseDraft`. */
export function respellDraft(bytes: Uint8Array, plan: NumberPlan): Uint8Array {
  const draft = readDraft(bytes)
  return encodeNode(applyNumberPlan(draft, { members: { data: plan }, rest: 'any' }))
}

function readDraft(bytes: Uint8Array): ObjectNode {
  const result = parse(bytes, { depthMax: draftDepthMax, allowNonFinite: true })
  if (!result.ok) {
    const { code, offset, message } = result
    throw valueRefused({ reason: code, offset }, `The draft cannot be recorded: ${message}.`)
  }
  const [finding] = result.findings
  if (finding !== undefined) {
    const { code, offset, path } = finding
    throw valueRefused({ reason: code, path, offset }, `${path} cannot be recorded: ${code} at byte ${offset}.`)
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
    if (key === '__proto__')
      throw valueRefused(
        { reason: 'proto-key', path: formatPointer(path), offset: keyStart },
        `${formatPointer(path)} cannot be recorded: many readers take the key "__proto__" for something else.`,
      )
    refuseProtoKeys(value, path)
  }
}

function encodeNode(root: JsonNode): Uint8Array {
  const text = formatNode(root, 'python')
  invariant(text.ok, 'a draft without findings has a canonical text')
  return encoder.encode(text.text)
}
