// How the numbers of a TypeScript value are meant, which the value alone cannot say: JavaScript has one number type,
// the Python dialects have two (formats §1.3, "Values built in TypeScript").

/**
 * `float`: integral numbers print as `1.0`. `integer`: the number must be integral. `any`: bigint and integral numbers
 * print as integers, others and -0 as floats. A word holds for every number at or below its place. `members` names the
 * plan per member of an object and `rest` that of all others; `items` that of every array item. A place whose value
 * has another shape than its plan is read as `any`.
 */
export type NumberPlan =
  | 'float'
  | 'integer'
  | 'any'
  | { readonly members: Readonly<Record<string, NumberPlan>>; readonly rest: NumberPlan }
  | { readonly items: NumberPlan }

/** A number that is a float whatever its plan says, so that 1 prints as `1.0` in the Python dialects. */
export class Float {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

/** The plan of one member. */
export function planOfMember(plan: NumberPlan, key: string): NumberPlan {
  if (typeof plan === 'string') return plan
  if ('items' in plan) return 'any'
  const own = plan.members[key]
  // What a plain record inherits (`constructor`, `toString`) are functions, and no plan is one.
  return own === undefined || typeof own === 'function' ? plan.rest : own
}

/** The plan of every item. */
export function planOfItems(plan: NumberPlan): NumberPlan {
  if (typeof plan === 'string') return plan
  return 'items' in plan ? plan.items : 'any'
}
