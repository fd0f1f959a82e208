// One JSON value against one frozen node. Agrees with zod on what is accepted; the words are our own.
import { formatPointer } from '@ledgerd/canonical'
import { isInstant } from '@ledgerd/schema'
import type { SchemaIssue } from '@ledgerd/schema'
import type { FrozenNode, NumberNode, ObjectNode, Pattern, RecordNode, TextNode, TupleNode } from './frozen-node.ts'
import { isOptional } from './frozen-node.ts'

const issuesMax = 16

interface Visit {
  readonly issues: SchemaIssue[]
  metCode: boolean
}

type Steps = readonly (string | number)[]

/** What is wrong with `value`, at most 16 issues; `metCode` says that a part was left to code. */
export function nodeIssues(node: FrozenNode, value: unknown): { issues: readonly SchemaIssue[]; metCode: boolean } {
  const visit: Visit = { issues: [], metCode: false }
  check(node, value, [], visit)
  return visit
}

/** True if the value fits, taking code at its best. */
export function fitsNode(node: FrozenNode, value: unknown): boolean {
  return nodeIssues(node, value).issues.length === 0
}

function report(visit: Visit, steps: Steps, message: string): void {
  if (visit.issues.length < issuesMax) visit.issues.push({ path: formatPointer([...steps]), message })
}

function check(node: FrozenNode, value: unknown, steps: Steps, visit: Visit): void {
  switch (node.kind) {
    case 'text':
    case 'decimal':
    case 'instant':
    case 'hash': {
      const fault = typeof value === 'string' ? textFault(node, value) : `Must be ${nameOf(node)}, is ${kindOf(value)}`
      if (fault !== undefined) report(visit, steps, fault)
      return
    }
    case 'int':
    case 'float':
    case 'number': {
      const fault = numberFault(node, value)
      if (fault !== undefined) report(visit, steps, fault)
      return
    }
    case 'boolean':
      if (typeof value !== 'boolean') report(visit, steps, `Must be true or false, is ${kindOf(value)}`)
      return
    case 'null':
      if (value !== null) report(visit, steps, `Must be null, is ${kindOf(value)}`)
      return
    case 'anything':
      return
    case 'nothing':
      return report(visit, steps, 'Must not be there')
    case 'enum':
      if (!node.values.includes(value as string))
        report(visit, steps, `Must be one of ${node.values.map((one) => JSON.stringify(one)).join(', ')}`)
      return
    case 'object':
      return checkObject(node, value, steps, visit)
    case 'record':
      return checkRecord(node, value, steps, visit)
    case 'array':
      if (!Array.isArray(value)) return report(visit, steps, `Must be an array, is ${kindOf(value)}`)
      if (value.length < (node.countMin ?? 0)) report(visit, steps, `Must have at least ${node.countMin} entries`)
      if (value.length > (node.countMax ?? Infinity)) report(visit, steps, `Must have at most ${node.countMax} entries`)
      for (const [index, item] of value.entries()) check(node.items, item, [...steps, index], visit)
      return
    case 'tuple':
      return checkTuple(node, value, steps, visit)
    case 'union':
      return checkUnion(node.options, value, steps, visit)
    case 'code':
      visit.metCode = true
  }
}

function checkObject(node: ObjectNode, value: unknown, steps: Steps, visit: Visit): void {
  if (!isObject(value)) return report(visit, steps, `Must be an object, is ${kindOf(value)}`)
  for (const [name, member] of Object.entries(node.members)) {
    if (Object.hasOwn(value, name)) check(member, value[name], [...steps, name], visit)
    else if (!isOptional(node, name)) report(visit, [...steps, name], 'Required')
  }
  if (node.rest.kind === 'anything') return
  for (const name of Object.keys(value))
    if (!Object.hasOwn(node.members, name)) check(node.rest, value[name], [...steps, name], visit)
}

function checkRecord(node: RecordNode, value: unknown, steps: Steps, visit: Visit): void {
  if (!isObject(value)) return report(visit, steps, `Must be an object, is ${kindOf(value)}`)
  for (const [name, entry] of Object.entries(value)) {
    check(node.keys, name, [...steps, name], visit)
    check(node.values, entry, [...steps, name], visit)
  }
}

function checkTuple(node: TupleNode, value: unknown, steps: Steps, visit: Visit): void {
  if (!Array.isArray(value)) return report(visit, steps, `Must be an array, is ${kindOf(value)}`)
  if (value.length < node.countMin) report(visit, steps, `Must have at least ${node.countMin} entries`)
  for (const [index, item] of value.entries()) check(node.items[index] ?? node.rest, item, [...steps, index], visit)
}

/** The issues of the branch that its fixed members choose; without one, of the whole. */
function checkUnion(options: readonly FrozenNode[], value: unknown, steps: Steps, visit: Visit): void {
  const tries = options.map((option) => ({ option, ...nodeIssues(option, value) }))
  const fits = tries.filter(({ issues }) => issues.length === 0)
  if (fits.length > 0) {
    if (fits.every(({ metCode }) => metCode)) visit.metCode = true
    return
  }
  const likely = tries.filter(({ option }) => isChosen(option, value))
  const [only] = likely.length === 1 ? likely : []
  if (only === undefined) return report(visit, steps, `Must be one of ${options.map(nameOf).join(', ')}`)
  check(only.option, value, steps, visit)
}

function isChosen(option: FrozenNode, value: unknown): boolean {
  if (option.kind !== 'object' || !isObject(value)) return nameOf(option) === kindOf(value)
  return Object.entries(option.members).every(
    ([name, member]) => member.kind !== 'enum' || fitsNode(member, value[name]),
  )
}

function textFault(node: TextNode, value: string): string | undefined {
  if (!isOfKind(node, value)) return `Must be ${nameOf(node)}`
  if (node.lengthMin !== undefined || node.lengthMax !== undefined) {
    const length = codePointCount(value)
    if (length < (node.lengthMin ?? 0)) return `Must have at least ${node.lengthMin} characters`
    if (length > (node.lengthMax ?? Infinity)) return `Must have at most ${node.lengthMax} characters`
  }
  const unmatched = node.patterns?.find((pattern) => !expressionOf(pattern).test(value))
  return unmatched === undefined ? undefined : `Must match /${unmatched.source}/${unmatched.flags}`
}

function isOfKind({ kind, algo }: TextNode, value: string): boolean {
  switch (kind) {
    case 'text':
      return true
    case 'decimal':
      return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value)
    case 'instant':
      return isInstant(value)
    case 'hash':
      return algo === 'sha1' ? /^[0-9a-f]{40}$/.test(value) : /^[0-9a-f]{64}$/.test(value)
  }
}

const expressions = new WeakMap<Pattern, RegExp>()

function expressionOf(pattern: Pattern): RegExp {
  const known = expressions.get(pattern)
  if (known !== undefined) return known
  const expression = new RegExp(pattern.source, pattern.flags)
  expressions.set(pattern, expression)
  return expression
}

function codePointCount(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

function numberFault(node: NumberNode, value: unknown): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return `Must be ${nameOf(node)}, is ${kindOf(value)}`
  if (node.kind === 'int' && !Number.isSafeInteger(value)) return 'Must be an integer within ±(2^53 − 1)'
  if (node.min !== undefined && value < node.min) return `Must be at least ${node.min}`
  if (node.max !== undefined && value > node.max) return `Must be at most ${node.max}`
  if (node.above !== undefined && value <= node.above) return `Must be above ${node.above}`
  if (node.below !== undefined && value >= node.below) return `Must be below ${node.below}`
  const step = node.multipleOf?.find((one) => !isMultiple(value, one))
  return step === undefined ? undefined : `Must be a multiple of ${step}`
}

/** Judged on the decimal digits that a person sees: 0.3 is three times 0.1. */
export function isMultiple(value: number, step: number): boolean {
  if (step === 0) return false
  const digits = Math.max(fractionDigits(value), fractionDigits(step))
  if (digits === 0) return value % step === 0
  if (digits > 100) return Number.isInteger(value / step)
  const scaled = BigInt(value.toFixed(digits).replace('.', ''))
  const scaledStep = BigInt(step.toFixed(digits).replace('.', ''))
  return scaledStep !== 0n && scaled % scaledStep === 0n
}

function fractionDigits(value: number): number {
  const [mantissa = '', exponent = '0'] = String(Math.abs(value)).split('e')
  return Math.max(0, (mantissa.split('.')[1]?.length ?? 0) - Number(exponent))
}

/** What a node asks for, in one or two words. */
function nameOf(node: FrozenNode): string {
  switch (node.kind) {
    case 'int':
      return 'an integer'
    case 'float':
    case 'number':
      return 'a finite number'
    case 'text':
      return 'text'
    case 'hash':
      return `a ${node.algo ?? ''} digest in lower-case hex`
    case 'decimal':
      return 'a decimal number as text'
    case 'instant':
      return 'a date and time with a zone'
    case 'enum':
      return node.values.map((one) => JSON.stringify(one)).join(', ')
    case 'object':
    case 'record':
      return 'an object'
    case 'array':
    case 'tuple':
      return 'an array'
    default:
      return node.kind
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'number') return Number.isFinite(value) ? 'a finite number' : 'not finite'
  return typeof value === 'string' ? 'text' : typeof value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
