// What can be said of a line before anything is known of its family: encoding, grammar, and what no writer may write
// (formats §1.2, §1.5).
import { parse } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import type { FindingList } from './finding-list.ts'

const carriageReturn = 0x0d

/** The line without the CR of a CR LF, which is a finding. */
export function withoutCarriageReturn(line: Uint8Array, findings: FindingList): Uint8Array {
  if (line[line.length - 1] !== carriageReturn) return line
  findings.add('crlf', 'The line ends in CR LF.')
  return line.subarray(0, -1)
}

/** The record on a line without LF or CR, adding to `findings`. Undefined if it is not a JSON object. */
export function readRecord(
  line: Uint8Array,
  findings: FindingList,
  options: { readonly allowNonFinite: boolean },
): ObjectNode | undefined {
  const result = parse(line, options)
  if (!result.ok) {
    findings.add(result.code, `Not a record: ${result.message}.`)
    return undefined
  }
  const { root } = result
  if (root.kind !== 'object') {
    findings.add('not-an-object', `The line is ${nameOfKind(root)}, not an object.`)
    return undefined
  }
  for (const { code, path, offset } of result.findings)
    findings.add(code, `${scanMessages[code]} (byte ${offset} of the line).`, { path })
  return root
}

const scanMessages = {
  'duplicate-key': 'A key is repeated; readers keep the last value only',
  'lone-surrogate': 'A string holds half a surrogate pair',
  'non-finite-number': 'A number is not finite',
} as const

/** What a node is, in a sentence: `an array`. */
export function nameOfKind(node: JsonNode): string {
  if (node.kind === 'literal') return node.value === null ? 'null' : 'a boolean'
  if (node.kind === 'non-finite') return 'a number'
  return node.kind === 'array' ? 'an array' : node.kind === 'object' ? 'an object' : `a ${node.kind}`
}
