// The slow reading of a line: everything that can be said about its form and checksum, in the words of formats §1.5
// and §2.2 to §2.9. It takes any bytes and never throws on them.
import { formatNode, formatPointer, sha256Hex } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import {
  dataVersionOf,
  hasText,
  instantFault,
  isHexIdentity,
  memberNode,
  nameOfKind,
  readRecord,
} from '@ledgerd/schema'
import type { FindingList } from '@ledgerd/schema'
import { isEventType } from './events.ts'
import { checksumPrefix } from './line-layout.ts'

export interface Examination {
  readonly variant: string | undefined
  readonly eventId: string | undefined
  readonly type: string | undefined
  readonly link: string | null
  readonly world: string | undefined
  /** Of the payload; undefined if meta holds something else. */
  readonly version: number | undefined
  /** The payload, if it is an object and the envelope version allows reading it. */
  readonly data: ObjectNode | undefined
}

/** Examines a line without its LF or CR, adding to `findings`. Undefined if it is not a JSON object. */
export function examineLine(line: Uint8Array, world: string, findings: FindingList): Examination | undefined {
  const root = readRecord(line, findings, { allowNonFinite: true })
  if (root === undefined) return undefined
  const variant = examineChecksum(line, root, findings)
  const envelope = examineEnvelope(root, world, findings)
  return { variant, ...envelope }
}

const encoder = new TextEncoder()
const checksumPattern = /^sha256:[0-9a-f]{64}$/

/** Both checksum texts are tried (formats §2.3); the finding names what the `python` text should hash to. */
function examineChecksum(line: Uint8Array, root: ObjectNode, findings: FindingList): string | undefined {
  const whole = formatNode(root, 'python')
  if (whole.ok && !isText(line, whole.text))
    findings.add('not-canonical', 'The line is not spelled as its checksum text; its value counts.')
  const claim = memberNode(root, '_checksum')
  if (claim === undefined) {
    findings.add('checksum-missing', 'The record has no _checksum.')
    return undefined
  }
  const text = claim.kind === 'string' ? claim.value : ''
  if (!checksumPattern.test(text))
    findings.add('checksum-format', 'A checksum is "sha256:" and 64 lower-case hex digits.', { path: '/_checksum' })
  const python = hashOf(root, 'python')
  const ascii = hashOf(root, 'python-ascii')
  const isPython = text === python
  const isAscii = text === ascii
  if (isPython || isAscii) return isPython && isAscii ? 'both' : isPython ? 'python' : 'python-ascii'
  // The right digits in another spelling are wrong in form only.
  const folded = text.toLowerCase()
  const respelled = folded.startsWith(checksumPrefix) ? folded : checksumPrefix + folded
  const expected = python ?? ascii
  if (claim.kind === 'string' && respelled !== python && respelled !== ascii)
    findings.add('checksum-mismatch', 'The record is not what its checksum was taken over.', {
      ...(expected === undefined ? {} : { expected }),
      found: text,
    })
  return undefined
}

function hashOf(root: ObjectNode, dialect: 'python' | 'python-ascii'): string | undefined {
  const body = formatNode(root, dialect, { omit: '_checksum' })
  return body.ok ? checksumPrefix + sha256Hex(body.text) : undefined
}

function isText(line: Uint8Array, text: string): boolean {
  const bytes = encoder.encode(text)
  return bytes.length === line.length && hasText(line, 0, bytes)
}

/** Named per line. */
const unknownFieldsMax = 16

const knownKeys: ReadonlySet<string> = new Set([
  ...['_checksum', 'data', 'event_id', 'event_type', 'ipc_hash', 'meta', 'schema_version', 'timestamp', 'world_id'],
])

function examineEnvelope(root: ObjectNode, world: string, findings: FindingList): Omit<Examination, 'variant'> {
  const unknown = new Set(root.members.map((member) => member.key).filter((key) => !knownKeys.has(key)))
  for (const key of [...unknown].slice(0, unknownFieldsMax))
    findings.add('unknown-field', 'The envelope has nine keys; this one is part of the checksum all the same.', {
      path: formatPointer([key]),
    })
  const eventId = readText(root, 'event_id', findings)
  if (eventId !== undefined && !isHexIdentity(eventId))
    findings.add('event-id-format', 'An event id is 32 lower-case hex digits.', { path: '/event_id', found: eventId })
  examineTimestamp(root, findings)
  const found = readText(root, 'world_id', findings)
  if (found !== undefined && found !== world)
    findings.add('world-mismatch', 'The record is of another world.', { path: '/world_id', expected: world, found })
  const type = readText(root, 'event_type', findings)
  if (type !== undefined && !isEventType(type))
    findings.add('event-type-format', 'Event types are dotted lower-case names.', { path: '/event_type', found: type })
  const link = examineLink(root, findings)
  // The seed writes absent meta as {}, so an absent member is a gap in the envelope like any other.
  const version = dataVersionOf(readObject(root, 'meta', findings))
  const data = readObject(root, 'data', findings)
  return { eventId, type, link, world: found, version, data: isVersionKnown(root, findings) ? data : undefined }
}

/** A string that must not be blank. */
function readText(root: ObjectNode, key: string, findings: FindingList): string | undefined {
  const node = readMember(root, key, findings)
  if (node === undefined) return undefined
  if (node.kind !== 'string') {
    findings.add('wrong-type', `${key} is ${nameOfKind(node)}, not a string.`, { path: `/${key}` })
    return undefined
  }
  if (node.value.trim() !== '') return node.value
  findings.add('blank-field', `${key} is blank.`, { path: `/${key}` })
  return undefined
}

function readObject(root: ObjectNode, key: string, findings: FindingList): ObjectNode | undefined {
  const node = readMember(root, key, findings)
  if (node === undefined || node.kind === 'object') return node
  findings.add('wrong-type', `${key} is ${nameOfKind(node)}, not an object.`, { path: `/${key}` })
  return undefined
}

function readMember(root: ObjectNode, key: string, findings: FindingList): JsonNode | undefined {
  const node = memberNode(root, key)
  if (node === undefined) findings.add('missing-field', `The record has no ${key}.`, { path: `/${key}` })
  return node
}

function examineTimestamp(root: ObjectNode, findings: FindingList): void {
  const node = readMember(root, 'timestamp', findings)
  if (node === undefined) return
  const fault = node.kind === 'string' ? instantFault(node.value) : 'timestamp-invalid'
  if (fault === undefined) return
  const message = fault === 'timestamp-no-zone' ? 'The timestamp has no zone.' : 'The timestamp is no instant.'
  findings.add(fault, message, { path: '/timestamp', ...(node.kind === 'string' ? { found: node.value } : {}) })
}

function examineLink(root: ObjectNode, findings: FindingList): string | null {
  const node = readMember(root, 'ipc_hash', findings)
  if (node === undefined || (node.kind === 'literal' && node.value === null)) return null
  if (node.kind === 'string' && /^[0-9a-f]{64}$/.test(node.value)) return node.value
  const code = node.kind === 'string' ? 'ipc-hash-format' : 'wrong-type'
  findings.add(code, 'ipc_hash is null or 64 lower-case hex digits.', { path: '/ipc_hash' })
  return null
}

/** Of another envelope version only the checksum is verified; its data is not interpreted. */
function isVersionKnown(root: ObjectNode, findings: FindingList): boolean {
  const version = readText(root, 'schema_version', findings)
  if (version === undefined || version === '1.0') return version !== undefined
  const message = 'The envelope has another version; its data is not interpreted.'
  findings.add('schema-version-unsupported', message, { path: '/schema_version', expected: '1.0', found: version })
  return false
}
