// How the numbers of a payload are spelled, read off its model: `float()` fields are always floats, `int()` fields
// always integers, everything else keeps the spelling it came with (formats §1.3).
import type { NumberPlan } from '@ledgerd/canonical'
import type * as z from 'zod'
import { fieldTypeOf } from './field.ts'
import { defOf } from './model-tree.ts'

/** The plan for values of `model`. Where the branches of a union disagree about a place, nothing is planned there. */
export function compileNumberPlan(model: z.ZodType): NumberPlan {
  return planOf(model) ?? 'any'
}

/** Undefined: no number can stand here, so there is nothing to say and nothing to disagree about. */
function planOf(model: z.ZodType): NumberPlan | undefined {
  const def = defOf(model)
  switch (def.type) {
    case 'number':
      return numberPlan(model)
    case 'object':
      return objectPlan(def.shape ?? {}, def.catchall)
    case 'record':
      return { members: {}, rest: inner(def.valueType) }
    case 'array':
      return { items: inner(def.element) }
    case 'tuple':
      return { items: merge([...(def.items ?? []), ...(def.rest ? [def.rest] : [])].map(planOf)) ?? 'any' }
    case 'union':
      return merge((def.options ?? []).map(planOf))
    case 'optional':
    case 'nullable':
      return def.innerType === undefined ? 'any' : planOf(def.innerType)
    case 'literal':
      return def.values?.some((value) => typeof value === 'number') ? 'any' : undefined
    case 'string':
    case 'boolean':
    case 'null':
    case 'enum':
    case 'never':
      return undefined
    default:
      return 'any'
  }
}

function inner(model: z.ZodType | undefined): NumberPlan {
  return (model === undefined ? undefined : planOf(model)) ?? 'any'
}

function numberPlan(model: z.ZodType): NumberPlan {
  const type = fieldTypeOf(model)
  if (type === 'float') return 'float'
  return type === 'int' || defOf(model).format === 'safeint' ? 'integer' : 'any'
}

function objectPlan(shape: Readonly<Record<string, z.ZodType>>, catchall: z.ZodType | undefined): NumberPlan {
  const members = Object.create(null) as Record<string, NumberPlan>
  for (const [name, member] of Object.entries(shape)) members[name] = inner(member)
  return { members, rest: inner(catchall) }
}

function merge(plans: readonly (NumberPlan | undefined)[]): NumberPlan | undefined {
  const known = plans.filter((plan) => plan !== undefined)
  if (known.length === 0) return undefined
  return known.reduce((left, right) => mergeTwo(left, right))
}

function mergeTwo(left: NumberPlan, right: NumberPlan): NumberPlan {
  if (left === right) return left
  if (typeof left === 'string' || typeof right === 'string') return 'any'
  if ('items' in left && 'items' in right) return { items: mergeTwo(left.items, right.items) }
  if (!('members' in left) || !('members' in right)) return 'any'
  const members = Object.create(null) as Record<string, NumberPlan>
  for (const name of new Set([...Object.keys(left.members), ...Object.keys(right.members)]))
    members[name] = mergeTwo(left.members[name] ?? left.rest, right.members[name] ?? right.rest)
  return { members, rest: mergeTwo(left.rest, right.rest) }
}
