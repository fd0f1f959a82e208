// The wire form of a draft (PROTOCOL.md §4): the canonical text that lets admission take its fast path.
import { formatValue, ValueRefused } from '@ledgerd/canonical'
import type { NumberPlan } from '@ledgerd/canonical'
import type { Draft } from '../contract.ts'
import { placeRefused } from './draft-refusals.ts'

/** Nesting of a draft as the daemon counts it, the draft's own object included. */
export const draftDepthMax = 64

const depthMax = draftDepthMax - 1
/** Texts that stand between quotes as they are. */
const plainText = /^[a-z0-9_.]*$/

/** `python-ordered` for families whose lines keep the order in which members were given. */
export type DraftDialect = 'python' | 'python-ordered'

/** The draft as one line of JSON, without LF; `plan` is that of its data. Throws VALUE_REFUSED with a pointer. */
export function formatDraft(
  draft: Draft & { readonly id: string },
  plan: NumberPlan | undefined,
  dataDialect: DraftDialect = 'python',
): string {
  const { type, data, id, link, meta } = draft
  const dataText = formatMember('/data', data, dataDialect, plan)
  const idText = formatText('/id', id)
  const linkText = link === undefined || link === null ? 'null' : formatMember('/link', link, 'python')
  const metaText = meta === undefined ? '{}' : formatMember('/meta', meta, 'python')
  const typeText = formatText('/type', type)
  return `{"data": ${dataText}, "id": ${idText}, "link": ${linkText}, "meta": ${metaText}, "type": ${typeText}}`
}

function formatText(path: string, text: string): string {
  return typeof text === 'string' && plainText.test(text) ? `"${text}"` : formatMember(path, text, 'python')
}

function formatMember(path: string, value: unknown, dialect: DraftDialect, plan?: NumberPlan): string {
  try {
    return formatValue(value, dialect, plan === undefined ? { depthMax } : { depthMax, plan })
  } catch (error) {
    if (!(error instanceof ValueRefused)) throw error
    throw placeRefused({ reason: error.reason, path: path + error.path }, error.detail)
  }
}
