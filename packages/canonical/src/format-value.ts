// Values built in TypeScript to canonical text (formats §1.3): plain objects, arrays, strings, numbers, bigints, true,
// false and null. Anything else is refused with its place, never dropped or bent. This is the client's hot path.
import { type Dialect, type DialectRules, dialectRules } from './dialect.ts'
import { formatPointer } from './json-pointer.ts'
import { escapeNonAscii, quoteAny, quoteWellFormed } from './json-string.ts'
import { sortKeys } from './key-order.ts'
import { Float, type NumberPlan, planOfItems, planOfMember } from './number-plan.ts'
import { pythonFloat } from './python-number.ts'
import { type RefusalReason, ValueRefused } from './value-refused.ts'

export interface FormatValueOptions {
  /** How the numbers are meant; 'any' unless given. */
  plan?: NumberPlan
  /** Containers within each other; 64 unless given, at most 1,000. */
  depthMax?: number
}

/**
 * The canonical text of a value. Throws ValueRefused with a pointer and a reason. A lone surrogate is refused by the
 * dialects that have no text for it (`python`, `python-compact`, `jcs`); writers use one of those for their lines.
 */
export function formatValue(value: unknown, dialect: Dialect, options: FormatValueOptions = {}): string {
  const rules = dialectRules[dialect]
  const text = new ValueFormatter(rules, options.depthMax ?? 64).format(value, options.plan ?? 'any', 0)
  return rules.isAscii ? escapeNonAscii(text) : text
}

/** The formatter recurses, so this keeps it far from the end of the call stack. */
const depthCeiling = 1000

class ValueFormatter {
  readonly #rules: DialectRules
  readonly #depthMax: number
  /** The way to the value being written: containers and the key or index taken in each, by depth. */
  readonly #holders: object[] = []
  readonly #steps: (string | number)[] = []

  constructor(rules: DialectRules, depthMax: number) {
    if (!(depthMax >= 0 && depthMax <= depthCeiling)) throw new RangeError(`depthMax must be 0 to ${depthCeiling}`)
    this.#rules = rules
    this.#depthMax = depthMax
  }

  /** `depth` is the number of containers around the value. */
  format(value: unknown, plan: NumberPlan, depth: number): string {
    switch (typeof value) {
      case 'string':
        return this.#string(value, depth)
      case 'number':
        return this.#number(value, plan, depth)
      case 'boolean':
        return value ? 'true' : 'false'
      case 'bigint':
        return this.#bigint(value, plan, depth)
      case 'object':
        if (value === null) return 'null'
        if (Array.isArray(value)) return this.#array(value, planOfItems(plan), depth)
        if (value instanceof Float) return this.#float(value, plan, depth)
        return this.#object(value, plan, depth)
      default:
        return this.#refuse('unsupported', depth, typeof value)
    }
  }

  #object(value: object, plan: NumberPlan, depth: number): string {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) this.#refuse('unsupported', depth, classNameOf(value))
    this.#enter(value, depth)
    const rules = this.#rules
    const keys = Object.keys(value)
    if (rules.compareKeys !== undefined) sortKeys(keys, rules.compareKeys)
    let text = '{'
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!
      this.#steps[depth] = key
      if (key === '__proto__') this.#refuse('proto-key', depth + 1, 'the key __proto__')
      if (i > 0) text += rules.comma
      const member = (value as Readonly<Record<string, unknown>>)[key]
      text += this.#string(key, depth + 1) + rules.colon + this.format(member, planOfMember(plan, key), depth + 1)
    }
    return text + '}'
  }

  #array(value: readonly unknown[], plan: NumberPlan, depth: number): string {
    this.#enter(value, depth)
    const comma = this.#rules.comma
    let text = '['
    for (let i = 0; i < value.length; i++) {
      this.#steps[depth] = i
      const item = value[i]
      if (item === undefined) this.#refuse('unsupported', depth + 1, i in value ? 'undefined' : 'array hole')
      if (i > 0) text += comma
      text += this.format(item, plan, depth + 1)
    }
    return text + ']'
  }

  #enter(holder: object, depth: number): void {
    if (depth < this.#depthMax) {
      this.#holders[depth] = holder
      return
    }
    // A cycle always ends here, so only here is it worth a look.
    const path = [...this.#holders.slice(0, depth), holder]
    const repeated = path.findIndex((one, i) => path.indexOf(one) < i)
    if (repeated >= 0) this.#refuse('cycle', repeated, 'a cycle')
    this.#refuse('too-deep', depth, `nested over ${this.#depthMax} deep`)
  }

  #string(value: string, depth: number): string {
    if (this.#rules.allowsLoneSurrogate) return quoteAny(value)
    return quoteWellFormed(value) ?? this.#refuse('lone-surrogate', depth, 'a lone surrogate')
  }

  #number(value: number, plan: NumberPlan, depth: number): string {
    const isIntegral = Number.isInteger(value)
    if (!isIntegral && !Number.isFinite(value)) return this.#refuse('non-finite-number', depth, String(value))
    if (plan === 'integer' && !isIntegral) return this.#refuse('not-integer', depth, `${value} is not an integer`)
    if (this.#rules.numbers === 'js') return String(value + 0)
    if (plan === 'float' || !isIntegral) return pythonFloat(value)
    if (value === 0) return plan !== 'integer' && Object.is(value, -0) ? '-0.0' : '0'
    return Number.isSafeInteger(value) ? String(value) : String(BigInt(value))
  }

  #float(value: Float, plan: NumberPlan, depth: number): string {
    if (plan === 'integer') return this.#refuse('not-integer', depth, 'an explicit float')
    return this.#number(value.value, 'float', depth)
  }

  #bigint(value: bigint, plan: NumberPlan, depth: number): string {
    if (this.#rules.numbers === 'js') return this.#refuse('unsupported', depth, 'bigint')
    return plan === 'float' ? this.#number(Number(value), plan, depth) : String(value)
  }

  #refuse(reason: RefusalReason, depth: number, detail: string): never {
    throw new ValueRefused(formatPointer(this.#steps.slice(0, depth)), reason, detail)
  }
}

function classNameOf(value: object): string {
  const maker: unknown = (value as { readonly constructor?: unknown }).constructor
  return typeof maker === 'function' && maker.name !== '' ? `an instance of ${maker.name}` : 'a class instance'
}
