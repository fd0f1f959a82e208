// A model compiled into a walk over canonical text: "does this payload certainly fit?" answered without building a
// value. It says yes only when zod would say yes and every number is spelled as its field declares; a no means
// "ask zod", which then also finds the words for what is wrong.
import { formatValue } from '@ledgerd/canonical'
import type * as z from 'zod'
import { hasText, skipScalar, skipString, skipValue } from './canonical-walk.ts'
import { fieldTypeOf } from './field.ts'
import { defOf } from './model-tree.ts'

export interface CanonicalShape {
  /** True only if the canonical python text bytes[start, end) fits. `end` is the offset behind one whole value. */
  fits(bytes: Uint8Array, start: number, end: number): boolean
}

/** The offset behind the value at `at` if it certainly fits, else −1. */
type Walk = (bytes: Uint8Array, at: number) => number

const uncertain: Walk = () => -1
const quote = 0x22
const comma = 0x2c
const dot = 0x2e
const encoder = new TextEncoder()
/** 15 digits are safe in any reader. */
const safeDigits = 15

/** Compiles any model; parts it cannot decide are left to zod. */
export function compileCanonicalShape(model: z.ZodType): CanonicalShape {
  const walk = walkOf(model)
  return { fits: (bytes, start, end) => walk(bytes, start) === end }
}

function walkOf(model: z.ZodType): Walk {
  const def = defOf(model)
  if ((def.checks?.length ?? 0) > 0 && fieldTypeOf(model) !== 'int') return uncertain
  switch (def.type) {
    case 'string':
      return def.format === undefined ? walkString : uncertain
    case 'number':
      return numberWalk(model)
    case 'boolean':
      return anyOf([literalWalk(true), literalWalk(false)])
    case 'null':
      return literalWalk(null)
    case 'literal':
      return anyOf((def.values ?? []).map(literalWalk))
    case 'enum':
      return anyOf(Object.values(def.entries ?? {}).map(literalWalk))
    case 'unknown':
    case 'any':
      return skipValue
    case 'object':
      return objectWalk(def.shape ?? {}, def.catchall)
    case 'record':
      return recordWalk(def.keyType, def.valueType)
    case 'array':
      return def.element === undefined ? uncertain : arrayWalk(walkOf(def.element))
    case 'union':
      return anyOf((def.options ?? []).map(walkOf))
    case 'nullable':
      return def.innerType === undefined ? uncertain : anyOf([literalWalk(null), walkOf(def.innerType)])
    default:
      return uncertain
  }
}

function walkString(bytes: Uint8Array, at: number): number {
  return bytes[at] === quote ? skipString(bytes, at) : -1
}

function numberWalk(model: z.ZodType): Walk {
  const type = fieldTypeOf(model)
  if (type === 'float') return walkFloat
  return type === 'int' && (defOf(model).checks?.length ?? 0) === 0 ? walkInteger : uncertain
}

function isNumberStart(byte: number | undefined): boolean {
  return byte === 0x2d || (byte !== undefined && byte >= 0x30 && byte <= 0x39)
}

function walkFloat(bytes: Uint8Array, at: number): number {
  if (!isNumberStart(bytes[at])) return -1
  const end = skipScalar(bytes, at)
  for (let i = at + 1; i < end; i++) if (bytes[i] === dot || bytes[i] === 0x65) return end
  return -1
}

function walkInteger(bytes: Uint8Array, at: number): number {
  if (!isNumberStart(bytes[at])) return -1
  const end = skipScalar(bytes, at)
  if (end - at > safeDigits) return -1
  for (let i = at + 1; i < end; i++) if (bytes[i] === dot || bytes[i] === 0x65) return -1
  return end
}

function literalWalk(value: unknown): Walk {
  if (typeof value !== 'string' && value !== null && typeof value !== 'boolean') return uncertain
  const text = encoder.encode(formatValue(value, 'python'))
  return (bytes, at) => (hasText(bytes, at, text) ? at + text.length : -1)
}

function anyOf(walks: readonly Walk[]): Walk {
  const [first, ...others] = walks
  if (first === undefined) return uncertain
  if (others.length === 0) return first
  return (bytes, at) => {
    for (const walk of walks) {
      const end = walk(bytes, at)
      if (end !== -1) return end
    }
    return -1
  }
}

interface MemberWalk {
  /** For the order of members. */
  readonly key: Uint8Array
  /** All that stands before the value: `"key": `. */
  readonly lead: Uint8Array
  readonly isRequired: boolean
  readonly walk: Walk
}

/** Members are met in canonical key order, so each declared one is looked for only from where the last was found. */
function objectWalk(shape: Readonly<Record<string, z.ZodType>>, catchall: z.ZodType | undefined): Walk {
  if (catchall === undefined || !['unknown', 'any'].includes(defOf(catchall).type)) return uncertain
  const members = Object.entries(shape).map(([name, member]) => memberWalk(name, member))
  members.sort((a, b) => compareBytes(a.key, b.key))
  const requiredCount = members.filter((member) => member.isRequired).length
  const find = (bytes: Uint8Array, at: number, from: number): number => {
    for (let i = from; i < members.length; i++) if (hasText(bytes, at, members[i]!.lead)) return i
    return -1
  }
  return (bytes, at) => {
    if (bytes[at] !== 0x7b) return -1
    let next = at + 1
    let from = 0
    let required = 0
    while (bytes[next] === quote) {
      const index = find(bytes, next, from)
      if (index === -1) {
        next = skipValue(bytes, skipString(bytes, next) + 2)
      } else {
        const member = members[index]!
        next = member.walk(bytes, next + member.lead.length)
        if (next === -1) return -1
        from = index + 1
        if (member.isRequired) required++
      }
      if (bytes[next] !== comma) break
      next += 2
    }
    return required === requiredCount ? next + 1 : -1
  }
}

function memberWalk(name: string, model: z.ZodType): MemberWalk {
  const def = defOf(model)
  const inner = def.type === 'optional' ? def.innerType : undefined
  const quoted = formatValue(name, 'python')
  const key = encoder.encode(quoted.slice(1, -1))
  const lead = encoder.encode(`${quoted}: `)
  return { key, lead, isRequired: inner === undefined, walk: walkOf(inner ?? model) }
}

function recordWalk(keyType: z.ZodType | undefined, valueType: z.ZodType | undefined): Walk {
  const isAnyKey = keyType !== undefined && walkOf(keyType) === walkString
  if (!isAnyKey || valueType === undefined) return uncertain
  const walk = walkOf(valueType)
  return (bytes, at) => {
    if (bytes[at] !== 0x7b) return -1
    let next = at + 1
    while (bytes[next] === quote) {
      next = walk(bytes, skipString(bytes, next) + 2)
      if (next === -1) return -1
      if (bytes[next] !== comma) break
      next += 2
    }
    return next + 1
  }
}

function arrayWalk(walk: Walk): Walk {
  return (bytes, at) => {
    if (bytes[at] !== 0x5b) return -1
    let next = at + 1
    while (bytes[next] !== 0x5d) {
      next = walk(bytes, next)
      if (next === -1) return -1
      if (bytes[next] !== comma) break
      next += 2
    }
    return next + 1
  }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0)
  return a.length - b.length
}
