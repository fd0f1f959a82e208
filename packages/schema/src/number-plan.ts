// How the numbers of a payload are spelled, read off its model: `float()` fields are always floats, `int()` fields
// always integers, everything else keeps the spelling it came with (formats §1.3).
import type { NumberPlan } from '@ledgerd/canonical'
import type * as z from 'zod'
import { fieldTypeOf } from './field.ts'
import { defOf } from './model-tree.ts'

/** The plan for values of `model`. Where the branches of a union disagree about a place, nothing is planned there. */
export function compileNumberPlan(model: z.ZodType): NumberPlan {
  return settle(planOf(model))
}

/** `none`: no number can stand here, so there is nothing to say and nothing to disagree about. */
type Sketch =
  | 'none'
  | 'float'
  | 'integer'
  | 'any'
  | { readonly members: ReadonlyMap<string, Sketch>; readonly rest: Sketch }
  | { readonly items: Sketch }

function planOf(model: z.ZodType): Sketch {
  const def = defOf(model)
  switch (def.type) {
    case 'number':
      return numberPlan(model)
    case 'object':
      return objectPlan(def.shape ?? {}, def.catchall)
    case 'record':
      return { members: new Map(), rest: planOfPart(def.valueType) }
    case 'array':
      return { items: planOfPart(def.element) }
    case 'tuple':
      return { items: merge([...(def.items ?? []), ...(def.rest ? [def.rest] : [])].map(planOf)) }
    case 'union':
      return merge((def.options ?? []).map(planOf))
    case 'optional':
    case 'nullable':
      return planOfPart(def.innerType)
    case 'literal':
      return def.values?.some((value) => typeof value === 'number') ? 'any' : 'none'
    case 'string':
    case 'boolean':
    case 'null':
    case 'enum':
    case 'never':
      return 'none'
    default:
      return 'any'
  }
}

function planOfPart(model: z.ZodType | undefined): Sketch {
  return model === undefined ? 'any' : planOf(model)
}

function numberPlan(model: z.ZodType): Sketch {
  const type = fieldTypeOf(model)
  if (type === 'float') return 'float'
  return type === 'int' || defOf(model).format === 'safeint' ? 'integer' : 'any'
}

function objectPlan(shape: Readonly<Record<string, z.ZodType>>, catchall: z.ZodType | undefined): Sketch {
  const members = new Map(Object.entries(shape).map(([name, member]) => [name, planOf(member)]))
  return { members, rest: planOfPart(catchall) }
}

function merge(plans: readonly Sketch[]): Sketch {
  return plans.reduce(mergeTwo, 'none')
}

function mergeTwo(left: Sketch, right: Sketch): Sketch {
  if (left === 'none' || left === right) return right
  if (right === 'none') return left
  if (typeof left === 'string' || typeof right === 'string') return 'any'
  if ('items' in left && 'items' in right) return { items: mergeTwo(left.items, right.items) }
  if (!('members' in left) || !('members' in right)) return 'any'
  const members: Map<string, Sketch> = new Map()
  for (const name of new Set([...left.members.keys(), ...right.members.keys()]))
    members.set(name, mergeTwo(left.members.get(name) ?? left.rest, right.members.get(name) ?? right.rest))
  return { members, rest: mergeTwo(left.rest, right.rest) }
}

function settle(sketch: Sketch): NumberPlan {
  if (typeof sketch === 'string') return sketch === 'none' ? 'any' : sketch
  if ('items' in sketch) return { items: settle(sketch.items) }
  const members = Object.create(null) as Record<string, NumberPlan>
  for (const [name, member] of sketch.members) members[name] = settle(member)
  return { members, rest: settle(sketch.rest) }
}
