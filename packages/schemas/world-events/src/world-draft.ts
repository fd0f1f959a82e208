// An admitted draft of this family: the texts that sealing splices into the line.
import type { AdmittedDraft } from '@ledgerd/schema'

export interface WorldDraft extends AdmittedDraft {
  /** 32 hex digits. */
  readonly idText: Uint8Array
  /** The type as it stands between the quotes. */
  readonly typeText: Uint8Array
  /** Canonical JSON text: `null` or a quoted link. */
  readonly link: Uint8Array
  /** Canonical JSON text of an object. */
  readonly meta: Uint8Array
  readonly data: Uint8Array
  /** No byte outside 0x20..0x7E, so both checksum texts are the same. */
  readonly isAscii: boolean
}
