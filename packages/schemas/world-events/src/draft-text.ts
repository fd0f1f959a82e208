// The wire form of a draft (PROTOCOL.md §4): the canonical text that lets admission take its fast path.
import { formatDraft } from '@ledgerd/schema'
import type { Draft } from '@ledgerd/schema'
import { declaredType } from './events.ts'

/** The draft as one line of JSON, without LF. Throws VALUE_REFUSED with a pointer. */
export function encodeDraft(draft: Draft & { readonly id: string }): string {
  return formatDraft(draft, declaredType(draft.type)?.plan)
}
