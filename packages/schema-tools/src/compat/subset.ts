// The structural proof: whatever the old node accepts, the new one accepts. Sound and not complete: `false` says only
// that it is not proven. Nothing is proven about code.
import type { FrozenNode, NumberNode, ObjectNode, RecordNode, TextNode, TupleNode } from '../frozen/frozen-node.ts'
import { codeIn, isOptional } from '../frozen/frozen-node.ts'
import { fitsNode, isMultiple } from '../frozen/node-issues.ts'
import { textOf } from '../frozen/union-form.ts'

/** True only if every value of `old` is a value of `next`. */
export function isSubset(old: FrozenNode, next: FrozenNode): boolean {
  if (codeIn(old) !== undefined || codeIn(next) !== undefined) return false
  return isWithin(old, next)
}

function isWithin(old: FrozenNode, next: FrozenNode): boolean {
  if (next.kind === 'anything' || old.kind === 'nothing') return true
  if (old.kind === 'union') return old.options.every((option) => isWithin(option, next))
  if (old.kind === 'enum') return old.values.every((value) => fitsNode(next, value))
  if (old.kind === 'boolean') return fitsNode(next, true) && fitsNode(next, false)
  if (old.kind === 'null') return fitsNode(next, null)
  if (next.kind === 'union') return next.options.some((option) => isWithin(old, option))
  if (isText(old)) return isText(next) && isTextWithin(old, next)
  if (isNumber(old)) return isNumber(next) && isNumberWithin(old, next)
  switch (old.kind) {
    case 'object':
      if (next.kind === 'record') return isObjectWithinRecord(old, next)
      return next.kind === 'object' && isObjectWithin(old, next)
    case 'record':
      if (next.kind === 'object') return isRecordWithinObject(old, next)
      return next.kind === 'record' && isWithin(old.keys, next.keys) && isWithin(old.values, next.values)
    case 'array':
      return (
        next.kind === 'array' &&
        isWithin(old.items, next.items) &&
        (old.countMin ?? 0) >= (next.countMin ?? 0) &&
        (old.countMax ?? Infinity) <= (next.countMax ?? Infinity)
      )
    case 'tuple':
      return isTupleWithin(old, next)
    default:
      return false
  }
}

export function isText(node: FrozenNode): node is TextNode {
  return node.kind === 'text' || node.kind === 'decimal' || node.kind === 'instant' || node.kind === 'hash'
}

export function isNumber(node: FrozenNode): node is NumberNode {
  return node.kind === 'int' || node.kind === 'float' || node.kind === 'number'
}

function isTextWithin(old: TextNode, next: TextNode): boolean {
  if (next.kind !== 'text' && (next.kind !== old.kind || next.algo !== old.algo)) return false
  const [least, most] = lengthsOf(old)
  if (least < (next.lengthMin ?? 0) || most > (next.lengthMax ?? Infinity)) return false
  const patterns = new Set((old.patterns ?? []).map(textOf))
  return (next.patterns ?? []).every((pattern) => patterns.has(textOf(pattern)))
}

function lengthsOf({ kind, algo, lengthMin = 0, lengthMax = Infinity }: TextNode): readonly [number, number] {
  const [least, most] =
    kind === 'hash' ? (algo === 'sha1' ? [40, 40] : [64, 64]) : kind === 'text' ? [0, Infinity] : [1, Infinity]
  return [Math.max(least ?? 0, lengthMin), Math.min(most ?? Infinity, lengthMax)]
}

function isNumberWithin(old: NumberNode, next: NumberNode): boolean {
  if (next.kind === 'int' && old.kind !== 'int') return false
  const isWholeStep = (step: number): boolean => old.kind === 'int' && step === 1
  const steps = old.multipleOf ?? []
  const isStepHeld = (step: number): boolean =>
    isWholeStep(step) || steps.some((held) => isExact(held) && isExact(step) && isMultiple(held, step))
  return isAbove(old, next) && isBelow(old, next) && (next.multipleOf ?? []).every(isStepHeld)
}

/** Fractions are multiples of one another only on paper. */
function isExact(step: number): boolean {
  return Number.isSafeInteger(step)
}

function isAbove(old: NumberNode, next: NumberNode): boolean {
  const floor = old.kind === 'int' ? Number.MIN_SAFE_INTEGER : -Infinity
  const least = Math.max(old.min ?? floor, old.above ?? floor)
  const isLeastTaken = !(old.above !== undefined && old.above >= least)
  if (next.min !== undefined && least < next.min) return false
  return next.above === undefined || least > next.above || (least === next.above && !isLeastTaken)
}

function isBelow(old: NumberNode, next: NumberNode): boolean {
  const ceiling = old.kind === 'int' ? Number.MAX_SAFE_INTEGER : Infinity
  const most = Math.min(old.max ?? ceiling, old.below ?? ceiling)
  const isMostTaken = !(old.below !== undefined && old.below <= most)
  if (next.max !== undefined && most > next.max) return false
  return next.below === undefined || most < next.below || (most === next.below && !isMostTaken)
}

function isObjectWithin(old: ObjectNode, next: ObjectNode): boolean {
  for (const [name, wanted] of Object.entries(next.members)) {
    const member = Object.hasOwn(old.members, name) ? old.members[name] : undefined
    if (!isOptional(next, name) && (member === undefined || isOptional(old, name))) return false
    if (!isWithin(member ?? old.rest, wanted)) return false
  }
  for (const [name, member] of Object.entries(old.members))
    if (!Object.hasOwn(next.members, name) && !isWithin(member, next.rest)) return false
  return isWithin(old.rest, next.rest)
}

function isObjectWithinRecord(old: ObjectNode, next: RecordNode): boolean {
  const isEachWithin = Object.entries(old.members).every(
    ([name, member]) => fitsNode(next.keys, name) && isWithin(member, next.values),
  )
  if (old.rest.kind === 'nothing') return isEachWithin
  return isEachWithin && isWithin({ kind: 'text' }, next.keys) && isWithin(old.rest, next.values)
}

function isRecordWithinObject(old: RecordNode, next: ObjectNode): boolean {
  const names = Object.keys(next.members)
  if (names.some((name) => !isOptional(next, name) || !isWithin(old.values, next.members[name] as FrozenNode)))
    return false
  return isWithin(old.values, next.rest)
}

function isTupleWithin(old: TupleNode, next: FrozenNode): boolean {
  if (next.kind === 'array') {
    const most = old.rest.kind === 'nothing' ? old.items.length : Infinity
    const isEachWithin = [...old.items, old.rest].every((item) => isWithin(item, next.items))
    return isEachWithin && old.countMin >= (next.countMin ?? 0) && most <= (next.countMax ?? Infinity)
  }
  if (next.kind !== 'tuple' || old.countMin < next.countMin) return false
  const length = Math.max(old.items.length, next.items.length)
  for (let i = 0; i < length; i++) if (!isWithin(old.items[i] ?? old.rest, next.items[i] ?? next.rest)) return false
  return isWithin(old.rest, next.rest)
}
