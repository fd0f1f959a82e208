// The drafts of model histories: a number is the identity, a version the content, both decide type, link and text. Small
// enough to be told apart at a glance, long enough now and then to cross a page.
import { idOf } from './memory-daemon.ts'

export interface ModelDraft {
  /** The identity. */
  readonly n: number
  /** The content: the same number with another version is a conflict. */
  readonly version: number
  readonly textLength: number
  /** A draft that no schema takes. */
  readonly isBad: boolean
}

export const noteType = 'model.note'
export const markType = 'model.mark'
export const modelLink = 'ab'.repeat(32)

export function typeOf({ n }: ModelDraft): string {
  return n % 2 === 0 ? noteType : markType
}

export function linkOf({ n }: ModelDraft): string | null {
  return n % 3 === 0 ? modelLink : null
}

/** The wire form, with LF. */
export function formatDraft(draft: ModelDraft): string {
  const { n, version, isBad } = draft
  const link = linkOf(draft) === null ? 'null' : `"${modelLink}"`
  const data = `{"n": ${n}, "text": "${textOf(draft)}", "version": ${version}}`
  const type = isBad ? '""' : `"${typeOf(draft)}"`
  return `{"data": ${data}, "id": "${idOf(n)}", "link": ${link}, "meta": {}, "type": ${type}}\n`
}

/** True if a stored line holds this draft. */
export function isLineOf(line: Uint8Array, draft: ModelDraft): boolean {
  const stored = JSON.parse(Buffer.from(line).toString()) as Record<string, unknown>
  const { n, text, version } = (stored['data'] ?? {}) as Record<string, unknown>
  return stored['event_id'] === idOf(draft.n) && n === draft.n && version === draft.version && text === textOf(draft)
}

function textOf({ n, textLength }: ModelDraft): string {
  return `${n}-`.repeat(Math.ceil(textLength / 2)).slice(0, textLength)
}
