// `hash.payload_hash`: SHA-256 over the `python-compact-ascii` text of one member (formats §6.1). The rest of the record
// is not covered; that is what the ledger's tree is for.
import { contentHash, formatNode } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import type { Breach } from '@ledgerd/schema'
import { hashedMember } from './ledger-type.ts'
import type { LedgerType } from './ledger-type.ts'
import { nodeAt } from './record-node.ts'

/** The hash of a payload; undefined if it has no canonical text (a number that is not finite). */
export function payloadHash(payload: JsonNode): string | undefined {
  const text = payloadText(payload)
  return text === undefined ? undefined : contentHash('sha256', text)
}

/** The text that is hashed. It is ASCII: its length is its size in bytes. */
export function payloadText(payload: JsonNode): string | undefined {
  const text = formatNode(payload, 'python-compact-ascii')
  return text.ok ? text.text : undefined
}

const path = '/hash/payload_hash'

/** What is wrong with the hash that a record states; nothing if it states none. */
export function judgePayloadHash(type: LedgerType, record: ObjectNode): Breach | undefined {
  const stated = nodeAt(record, 'hash', 'payload_hash')
  if (stated === undefined) return undefined
  const hash = stated.kind === 'string' ? stated.value : ''
  if (!hash.includes(':'))
    return { code: 'hash-format', severity: 'E', path, message: 'A payload hash is `sha256:` and 64 hex digits.' }
  if (!hash.startsWith('sha256:')) {
    const message = 'The payload hash is of an algorithm that is not checked.'
    return { code: 'hash-algo-unknown', severity: 'W', path, found: hash.slice(0, hash.indexOf(':')), message }
  }
  if (!/^sha256:[0-9a-f]{64}$/.test(hash))
    return { code: 'hash-format', severity: 'E', path, found: hash, message: 'It takes 64 lower-case hex digits.' }
  const member = hashedMember(type, record)
  const expected = member === undefined ? undefined : payloadHash(member.value)
  if (member === undefined || expected === hash) return undefined
  const message = `The payload hash is not that of "${member.name}".`
  const facts = expected === undefined ? {} : { expected }
  return { code: 'payload-hash-mismatch', severity: 'E', path, ...facts, found: hash, message }
}
