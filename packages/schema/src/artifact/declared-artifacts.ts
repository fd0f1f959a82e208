// The places of a payload that its model calls artifacts, by the meaning of their fields. Model and value are walked
// together, so that what a union or a record holds is found where it is.
import type { JsonNode } from '@ledgerd/canonical'
import { formatPointer } from '@ledgerd/canonical'
import type * as z from 'zod'
import { meaningOf } from '../field.ts'
import { childrenOf, defOf } from '../model-tree.ts'
import { memberNode } from '../record/member-node.ts'
import type { ArtifactReference } from './artifact-reference.ts'

/** True if any field of the model, at any depth, is an artifact. */
export function hasArtifacts(model: z.ZodType): boolean {
  return meaningOf(model)?.artifact !== undefined || childrenOf(model).some((child) => hasArtifacts(child.model))
}

/** Every artifact of a value, once, in the order of the model. `steps` lead to the value. Null is no reference. */
export function declaredArtifacts(
  model: z.ZodType,
  node: JsonNode,
  steps: readonly (string | number)[],
): readonly ArtifactReference[] {
  const found: Map<string, ArtifactReference> = new Map()
  walk(model, node, steps, found)
  return [...found.values()]
}

function walk(
  model: z.ZodType,
  node: JsonNode,
  steps: readonly (string | number)[],
  found: Map<string, ArtifactReference>,
): void {
  const algo = meaningOf(model)?.artifact?.algo
  if (algo !== undefined) {
    const path = formatPointer([...steps])
    if (node.kind !== 'literal' || node.value !== null)
      found.set(path, { path, algo, text: node.kind === 'string' ? node.value : undefined })
    return
  }
  const def = defOf(model)
  if (def.innerType !== undefined) walk(def.innerType, node, steps, found)
  for (const option of def.options ?? []) walk(option, node, steps, found)
  if (node.kind === 'array')
    for (const [at, item] of node.items.entries()) {
      const element = def.items?.[at] ?? def.element ?? def.rest
      if (element !== undefined && element !== null) walk(element, item, [...steps, at], found)
    }
  if (node.kind !== 'object') return
  for (const key of new Set(node.members.map((member) => member.key))) {
    const member = Object.hasOwn(def.shape ?? {}, key) ? def.shape?.[key] : (def.valueType ?? def.catchall)
    const value = memberNode(node, key)
    if (member !== undefined && value !== undefined) walk(member, value, [...steps, key], found)
  }
}
