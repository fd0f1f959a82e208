// Recognises a family by the first lines of a file, for files that come without a word about what they are. Decides only
// when every line that can be read says the same; a guess that is not sure is no guess.
import { isBlank, LineSplitter, type ObjectNode, parse } from '@ledgerd/canonical'
import type { BuiltInFamily } from './built-in.ts'

/** How much of a file's beginning is worth reading. */
export const detectionBytes: number = 64 << 10

const linesMax = 20

/** Members that a line of the family has, and no line of another family has all of; those of `data` behind a slash. */
const signatures: readonly { readonly family: BuiltInFamily; readonly members: readonly string[] }[] = [
  { family: 'world-events', members: ['event_id', 'world_id', 'event_type', '_checksum'] },
  { family: 'kernel-runs', members: ['run_id', 'intent_sha256', 'result_kind'] },
  { family: 'audio-jobs', members: ['job_id', 'phase', 'window_idx', 'icw_capsule_id'] },
  { family: 'build-order', members: ['id', 'time', 'type', 'data/stageKey'] },
  { family: 'workflow-records', members: ['tenant_id', 'record_id'] },
]

/** The family of the lines at the beginning of a file; undefined when they are too few, none, or of several families. */
export function detectFamily(beginning: Uint8Array): BuiltInFamily | undefined {
  const found = new Set<BuiltInFamily>()
  const splitter = new LineSplitter()
  const lines = [...splitter.push(beginning)]
  const last = splitter.end()
  if (last !== undefined) lines.push(last)
  for (const { bytes } of lines.slice(0, linesMax)) {
    const family = isBlank(bytes) ? undefined : familyOf(bytes)
    if (family !== undefined) found.add(family)
  }
  const [only] = found
  return found.size === 1 ? only : undefined
}

function familyOf(line: Uint8Array): BuiltInFamily | undefined {
  const result = parse(line)
  if (!result.ok || result.root.kind !== 'object') return undefined
  const names = namesOf(result.root)
  return signatures.find(({ members }) => members.every((member) => names.has(member)))?.family
}

function namesOf(record: ObjectNode): ReadonlySet<string> {
  const names = new Set(record.members.map(({ key }) => key))
  const data = record.members.find(({ key }) => key === 'data')?.value
  if (data?.kind === 'object') for (const { key } of data.members) names.add(`data/${key}`)
  return names
}
