// Where the engines of a record came from. An engine that names nothing of itself cannot be run again (formats §5.1).
import { formatPointer } from '@ledgerd/canonical'
import type { JsonNode, ObjectNode } from '@ledgerd/canonical'
import { memberNode } from '@ledgerd/schema'
import type { Breach } from '@ledgerd/schema'

/** One of these is enough. */
const names: readonly string[] = ['repo', 'image', 'index_id', 'version']

/** `engine-unidentified` E. What is no object is a matter of form. */
export function judgeEngines(record: ObjectNode): Breach[] {
  const engines = memberNode(record, 'engines')
  if (engines?.kind !== 'object') return []
  return engines.members.flatMap(({ key, value }) => {
    if (value.kind !== 'object' || names.some((name) => isNamed(memberNode(value, name)))) return []
    const path = formatPointer(['engines', key])
    const message = `The engine ${key} must name at least one of ${names.join(', ')}.`
    return [{ code: 'engine-unidentified', severity: 'E', rule: 'engine-unidentified', path, message }]
  })
}

function isNamed(node: JsonNode | undefined): boolean {
  return node?.kind === 'string' && node.value.trim() !== ''
}
