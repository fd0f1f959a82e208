// Whom or what an event is about, by the meaning of its fields. Model and value are walked together, so that what a
// union, a list or a record holds is found where it is.
import type * as z from 'zod'
import { meaningOf } from './field.ts'
import { defOf } from './model-tree.ts'

/** One subject of an event. Ids and names compare as text: 7 and "7" are the same (schema-packages §3). */
export interface SubjectReference {
  readonly kind: string
  /** `name`: the same name is no proof of the same subject. */
  readonly by: 'id' | 'name'
  readonly text: string
}

/** Every subject of a payload, in the order of the model; one may stand there more than once. Null is no subject. */
export function declaredSubjects(model: z.ZodType, value: unknown): readonly SubjectReference[] {
  const found: SubjectReference[] = []
  walk(model, value, found)
  return found
}

function walk(model: z.ZodType, value: unknown, found: SubjectReference[]): void {
  if (value === null || value === undefined) return
  const subject = meaningOf(model)?.subject
  if (subject !== undefined) {
    const isScalar = typeof value === 'string' || typeof value === 'number'
    if (isScalar) found.push({ kind: subject.kind, by: subject.by, text: String(value) })
    return
  }
  const def = defOf(model)
  if (def.innerType !== undefined) walk(def.innerType, value, found)
  for (const option of def.options ?? []) walk(option, value, found)
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      const element = def.items?.[at] ?? def.element ?? def.rest
      if (element !== undefined && element !== null) walk(element, item, found)
    }
  } else if (typeof value === 'object') {
    for (const [key, member] of Object.entries(value)) {
      const inner = Object.hasOwn(def.shape ?? {}, key) ? def.shape?.[key] : (def.valueType ?? def.catchall)
      if (inner !== undefined) walk(inner, member, found)
    }
  }
}
