// The wire form of a draft (PROTOCOL.md §4): the canonical text that lets admission take its fast path.
import { formatValue, ValueRefused } from '@ledgerd/canonical'
import type { NumberPlan } from '@ledgerd/canonical'
import type { Draft } from '@ledgerd/schema'
import { declaredType } from './events.ts'
import { valueRefused } from './draft-refusals.ts'
import { isEventId } from './event-id.ts'

/** Nesting of a draft as the daemon counts it, the draft's own object included. */
export const draftDepthMax = 64

const plainType = /^[a-z0-9_.]*$/

/** The draft as one line of JSON, without LF. Throws VALUE_REFUSED with a pointer. */
export function encodeDraft(draft: Draft & { readonly id: string }): string {
  const { type, data, id, link, meta } = draft
  const dataText = formatMember('/data', data, declaredType(type)?.plan)
  const idText = isEventId(id) ? `"${id}"` : formatMember('/id', id)
  const linkText = link === undefined || link === null ? 'null' : formatMember('/link', link)
  const metaText = meta === undefined ? '{}' : formatMember('/meta', meta)
  const typeText = plainType.test(type) ? `"${type}"` : formatMember('/type', type)
  return `{"data": ${dataText}, "id": ${idText}, "link": ${linkText}, "meta": ${metaText}, "type": ${typeText}}`
}

function formatMember(path: string, value: unknown, plan?: NumberPlan): string {
  try {
    return formatValue(value, 'python', plan === undefined ? { depthMax } : { depthMax, plan })
  } catch (error) {
    if (!(error instanceof ValueRefused)) throw error
    const place = path + error.path
    throw valueRefused({ reason: error.reason, path: place }, `${place} cannot be recorded: ${error.reason}.`)
  }
}

const depthMax = draftDepthMax - 1
