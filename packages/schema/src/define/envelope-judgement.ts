// What must hold of one line of the default envelope: six members of the right kinds, nothing else.
import { formatPointer } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import { dataVersionOf, dataVersionPointer } from '../data-version.ts'
import { instantFault } from '../instant.ts'
import { isHexIdentity } from '../key-identity.ts'
import { nameOfKind } from '../record/line-form.ts'
import { memberNode } from '../record/member-node.ts'
import type { Breach } from '../record/record-format.ts'

export const envelopeKeys = ['data', 'id', 'link', 'meta', 'time', 'type'] as const

type EnvelopeKey = (typeof envelopeKeys)[number]
type Judge = (node: JsonNode) => Omit<Breach, 'severity' | 'path'> | undefined

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
/** Named per line. */
const unknownFieldsMax = 16

export function judgeEnvelope(record: ObjectNode): Breach[] {
  const known: ReadonlySet<string> = new Set(envelopeKeys)
  const unknown = new Set(record.members.map(({ key }) => key).filter((key) => !known.has(key)))
  const breaches = [...unknown].slice(0, unknownFieldsMax).map((key) => unknownField(key))
  for (const key of envelopeKeys) {
    const node = memberNode(record, key)
    const path = `/${key}`
    const flaw = node === undefined ? missingField(key) : judges[key](node)
    if (flaw !== undefined) breaches.push({ severity: 'E', path, ...flaw })
  }
  const meta = memberNode(record, 'meta')
  if (meta?.kind === 'object' && dataVersionOf(meta) === undefined) {
    const message = 'The version of the data is an integer from 1.'
    breaches.push({ code: 'wrong-type', severity: 'E', path: dataVersionPointer, message })
  }
  return breaches
}

const judges: Readonly<Record<EnvelopeKey, Judge>> = {
  data: (node) => (node.kind === 'object' ? undefined : wrongType('data', node, 'an object')),
  id(node) {
    if (node.kind !== 'string') return wrongType('id', node, 'a string')
    if (isHexIdentity(node.value)) return undefined
    return { code: 'event-id-format', message: 'An event id is 32 lower-case hex digits.', found: node.value }
  },
  link(node) {
    const isLink = node.kind === 'string' || (node.kind === 'literal' && node.value === null)
    return isLink ? undefined : wrongType('link', node, 'a string or null')
  },
  meta: (node) => (node.kind === 'object' ? undefined : wrongType('meta', node, 'an object')),
  time(node) {
    if (node.kind !== 'string') return wrongType('time', node, 'a string')
    const fault = instantFault(node.value) ?? (timePattern.test(node.value) ? undefined : 'timestamp-invalid')
    if (fault === undefined) return undefined
    return { code: fault, message: 'A time is written as 2026-02-27T14:23:01.452Z.', found: node.value }
  },
  type(node) {
    if (node.kind !== 'string') return wrongType('type', node, 'a string')
    return node.value.trim() === '' ? { code: 'blank-field', message: 'type is blank.' } : undefined
  },
}

function wrongType(key: string, node: JsonNode, wanted: string): Omit<Breach, 'severity' | 'path'> {
  return { code: 'wrong-type', message: `${key} is ${nameOfKind(node)}, not ${wanted}.` }
}

function missingField(key: string): Omit<Breach, 'severity' | 'path'> {
  return { code: 'missing-field', message: `The record has no ${key}.` }
}

function unknownField(key: string): Breach {
  const message = `The envelope has six members; ${JSON.stringify(key)} is none of them.`
  return { code: 'unknown-field', severity: 'E', path: formatPointer([key]), message }
}
