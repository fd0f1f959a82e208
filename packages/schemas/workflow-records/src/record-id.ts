// Record ids are UUIDs; the identities of the protocol are their 32 hex digits (PROTOCOL.md §4), so that what a client
// made before the first send is the record's id on disk.
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const hexDigits = /^[0-9a-f]{32}$/i

export function isUuid(text: string): boolean {
  return uuid.test(text)
}

/** The identity that a record id stands for: its 32 hex digits, lower case; an id that is no UUID stands for itself. */
export function identityOf(recordId: string): string {
  return uuid.test(recordId) ? recordId.replaceAll('-', '').toLowerCase() : recordId
}

/** The record id of an identity of 32 hex digits, with or without hyphens; undefined for any other text. */
export function recordIdOf(identity: string): string | undefined {
  const digits = identityOf(identity).toLowerCase()
  if (!hexDigits.test(digits)) return undefined
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    '-',
  )
}
