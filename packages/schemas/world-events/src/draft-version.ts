// The version of a draft's payload, which only the schema may choose: drafts are of the newest one. A stored line that
// named another would hold data that nobody checked.
import { dataVersionKey, dataVersionOfValue, dataVersionPointer, memberInvalid } from '@ledgerd/schema'
import { declaredType } from './events.ts'

const quotedKey: Uint8Array = new TextEncoder().encode(`"${dataVersionKey}"`)

/** True if the canonical text bytes[start, end) may hold a member that names a version, at whatever depth. */
export function mayNameVersion(bytes: Uint8Array, start: number, end: number): boolean {
  const last = end - quotedKey.length
  for (let at = start; at <= last; at++) if (isKeyAt(bytes, at)) return true
  return false
}

function isKeyAt(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < quotedKey.length; i++) if (bytes[at + i] !== quotedKey[i]) return false
  return true
}

/** What is wrong with the version that the meta of a draft names, if anything. */
export function versionFlaw(type: string, meta: Readonly<Record<string, unknown>>): string | undefined {
  const version = dataVersionOfValue(meta)
  if (version === undefined) return 'Must be left out, or an integer from 1'
  const newest = declaredType(type)?.newest ?? version
  return version === newest ? undefined : `Must be left out, or ${newest}: drafts are always of the newest version`
}

/** Throws SCHEMA_INVALID if a draft of this type cannot have this meta. */
export function assertVersion(type: string, meta: Readonly<Record<string, unknown>>): void {
  const flaw = versionFlaw(type, meta)
  if (flaw !== undefined) throw memberInvalid(dataVersionPointer, flaw)
}
