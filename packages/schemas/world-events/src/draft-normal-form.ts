// Drafts that did not come as canonical text are brought into it here, or refused with the place and the reason.
import { formatNode } from '@ledgerd/canonical'
import type { JsonNode, NumberPlan } from '@ledgerd/canonical'
import { applyNumberPlan, invariant, parseDraft } from '@ledgerd/schema'

const encoder = new TextEncoder()

/** The canonical text of a draft in any spelling. Throws VALUE_REFUSED, SCHEMA_INVALID if it is not an object. */
export function normaliseDraft(bytes: Uint8Array): Uint8Array {
  return encodeNode(parseDraft(bytes))
}

/** The same draft with the numbers of `data` spelled as `plan` says. `bytes` was admitted by `normaliseDraft`. */
export function respellDraft(bytes: Uint8Array, plan: NumberPlan): Uint8Array {
  const draft = parseDraft(bytes)
  return encodeNode(applyNumberPlan(draft, { members: { data: plan }, rest: 'any' }))
}

function encodeNode(root: JsonNode): Uint8Array {
  const text = formatNode(root, 'python')
  invariant(text.ok, 'a draft without findings has a canonical text')
  return encoder.encode(text.text)
}
