// An admitted draft of this family: the texts that sealing splices into the line, and where they stand.
import type { AdmittedDraft } from '@ledgerd/schema'

export interface WorldDraft extends AdmittedDraft {
  /** The draft's canonical text, in which the offsets count. */
  readonly bytes: Uint8Array
  readonly dataStart: number
  readonly dataEnd: number
  /** `null` or a quoted link; `absent` if the draft has no such member, which means null. */
  readonly linkStart: number
  readonly linkEnd: number
  /** An object; `absent` if the draft has no such member, which means an empty one. */
  readonly metaStart: number
  readonly metaEnd: number
  /** 32 hex digits. */
  readonly idText: Uint8Array
  /** The type as it stands between the quotes. */
  readonly typeText: Uint8Array
  /** No byte outside 0x20..0x7E, so both checksum texts are the same. */
  readonly isAscii: boolean
}

/** The start of a member that a draft leaves out. */
export const absent = -1

const encoder = new TextEncoder()
const noLink: Uint8Array = encoder.encode('null')
const noMeta: Uint8Array = encoder.encode('{}')

export function dataText(draft: WorldDraft): Uint8Array {
  return draft.bytes.subarray(draft.dataStart, draft.dataEnd)
}

/** Canonical JSON text: `null` or a quoted link. */
export function linkText(draft: WorldDraft): Uint8Array {
  return draft.linkStart === absent ? noLink : draft.bytes.subarray(draft.linkStart, draft.linkEnd)
}

/** Canonical JSON text of an object. */
export function metaText(draft: WorldDraft): Uint8Array {
  return draft.metaStart === absent ? noMeta : draft.bytes.subarray(draft.metaStart, draft.metaEnd)
}
