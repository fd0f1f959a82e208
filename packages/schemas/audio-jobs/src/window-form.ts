// The form of a window record alone: which members it has, of which type, and its time (formats §5.1).
import { formatPointer } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import { instantFault, memberNode } from '@ledgerd/schema'
import type { Breach } from '@ledgerd/schema'
import { isInteger } from './node-facts.ts'
import { metricNames } from './window.ts'

/** Required members in the order on disk; `sign`, which is optional, follows them. */
export const windowMembers: readonly string[] = [
  ...['schema_version', 'ts', 'job_id', 'phase', 'window_idx', 'icw_capsule_id', 'request', 'locks', 'inputs'],
  ...['engines', 'env', 'scores_before', 'deltas', 'scores_after', 'artifacts', 'seed_bundle'],
]

const texts: readonly string[] = ['job_id', 'phase', 'icw_capsule_id']
const integers: readonly string[] = ['schema_version', 'window_idx']
const objects: readonly string[] = [
  ...['request', 'locks', 'inputs', 'engines', 'env', 'scores_before', 'scores_after', 'artifacts', 'seed_bundle'],
]

/** `missing-field`, `wrong-type`, `blank-field`, `timestamp-invalid`, `timestamp-no-zone`, all E. */
export function judgeWindowForm(record: ObjectNode): Breach[] {
  const breaches: Breach[] = []
  for (const key of windowMembers) {
    const node = memberNode(record, key)
    const breach = node === undefined ? missing(key) : judgeMember(key, node)
    if (breach !== undefined) breaches.push(breach)
  }
  for (const key of ['scores_before', 'scores_after']) breaches.push(...judgeScoreTypes(key, memberNode(record, key)))
  breaches.push(...judgeEngineTypes(memberNode(record, 'engines')))
  return breaches
}

function missing(key: string): Breach {
  return { code: 'missing-field', severity: 'E', path: `/${key}`, message: `A window record must have ${key}.` }
}

function judgeMember(key: string, node: JsonNode): Breach | undefined {
  if (key === 'ts') return judgeTime(node)
  if (integers.includes(key) && !isInteger(node)) return wrongType([key], 'an integer')
  if (objects.includes(key) && node.kind !== 'object') return wrongType([key], 'an object')
  if (key === 'deltas' && node.kind !== 'array') return wrongType([key], 'an array')
  if (!texts.includes(key)) return undefined
  if (node.kind !== 'string') return wrongType([key], 'a string')
  if (node.value.trim() !== '') return undefined
  return { code: 'blank-field', severity: 'E', path: `/${key}`, message: `${key} is blank.` }
}

function judgeTime(node: JsonNode): Breach | undefined {
  const fault = node.kind === 'string' ? instantFault(node.value) : 'timestamp-invalid'
  if (fault === undefined) return undefined
  const found = node.kind === 'string' ? { found: node.value } : {}
  const message = fault === 'timestamp-no-zone' ? 'ts has no zone; write it with Z.' : 'ts is no time.'
  return { code: fault, severity: 'E', path: '/ts', ...found, message }
}

/** Members that are no metric of the seed are the writer's own. */
function judgeScoreTypes(key: string, scores: JsonNode | undefined): Breach[] {
  if (scores?.kind !== 'object') return []
  return scores.members
    .filter(
      ({ key: metric, value }) => metricNames.has(metric) && value.kind !== 'number' && value.kind !== 'non-finite',
    )
    .map(({ key: metric }) => wrongType([key, metric], 'a number'))
}

function judgeEngineTypes(engines: JsonNode | undefined): Breach[] {
  if (engines?.kind !== 'object') return []
  return engines.members
    .filter(({ value }) => value.kind !== 'object')
    .map(({ key }) => wrongType(['engines', key], 'an object'))
}

function wrongType(steps: readonly string[], want: string): Breach {
  const path = formatPointer(steps)
  return { code: 'wrong-type', severity: 'E', path, message: `${path} must be ${want}.` }
}
