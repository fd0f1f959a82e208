// Text and numbers of a zod model, with their checks, in frozen form. Our field types keep their names; what zod calls
// a format is kept as the pattern it stands for today, so that a release that moves it shows as a change.
import { decimal, fieldTypeOf, hash } from '@ledgerd/schema'
import type * as z from 'zod'
import type { FrozenNode, NumberNode, Pattern, TextNode } from './frozen-node.ts'
import { textOf } from './union-form.ts'

interface CheckDef {
  readonly check: string
  readonly format?: string
  readonly pattern?: RegExp
  readonly minimum?: number
  readonly maximum?: number
  readonly length?: number
  readonly value?: unknown
  readonly inclusive?: boolean
  readonly prefix?: string
  readonly suffix?: string
  readonly includes?: string
  readonly position?: number
}

interface ScalarDef {
  readonly type: string
  readonly coerce?: boolean
  readonly format?: string
  readonly pattern?: RegExp
}

/** The checks on a model, by their definitions. */
export function checksOf(model: z.ZodType): readonly CheckDef[] {
  const checks = (model._zod.def as { readonly checks?: readonly { readonly _zod: { readonly def: CheckDef } }[] })
    .checks
  return (checks ?? []).map((check) => check._zod.def)
}

type Mutable<Node> = { -readonly [Key in keyof Node]: Node[Key] }

/** Formats that are nothing but their pattern. */
const patternFormats: ReadonlySet<string> = new Set([
  ...['regex', 'email', 'uuid', 'guid', 'nanoid', 'cuid', 'cuid2', 'ulid', 'xid', 'ksuid', 'ipv4', 'cidrv4', 'e164'],
  ...['date', 'time', 'datetime', 'duration', 'lowercase', 'uppercase', 'emoji', 'hex'],
])

export function freezeText(model: z.ZodType): FrozenNode {
  const def = model._zod.def as unknown as ScalarDef
  if (def.coerce === true) return code('coerce')
  const type = fieldTypeOf(model)
  const node: Mutable<TextNode> = nodeOfFieldType(type)
  const own = ownPatterns(node)
  const patterns = new Map<string, Pattern>()
  const checks: readonly CheckDef[] =
    def.format === undefined ? checksOf(model) : [{ ...def, check: 'string_format' }, ...checksOf(model)]
  for (const check of checks) {
    if (check.check === 'custom' && node.kind === 'instant') continue
    if (check.check === 'min_length') node.lengthMin = Math.max(node.lengthMin ?? 0, check.minimum ?? 0)
    else if (check.check === 'max_length') node.lengthMax = Math.min(node.lengthMax ?? Infinity, check.maximum ?? 0)
    else if (check.check === 'length_equals') {
      node.lengthMin = Math.max(node.lengthMin ?? 0, check.length ?? 0)
      node.lengthMax = Math.min(node.lengthMax ?? Infinity, check.length ?? 0)
    } else {
      const pattern = check.check === 'string_format' ? patternOf(check) : undefined
      if (pattern === undefined) return code(check.format ?? check.check)
      if (!own.has(textOf(pattern))) patterns.set(textOf(pattern), pattern)
    }
  }
  if (node.lengthMin === 0) delete node.lengthMin
  if (patterns.size > 0) node.patterns = [...patterns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
  return node
}

function nodeOfFieldType(type: string | undefined): Mutable<TextNode> {
  switch (type) {
    case 'decimal':
    case 'instant':
      return { kind: type }
    case 'hash:sha256':
      return { kind: 'hash', algo: 'sha256' }
    case 'hash:sha1':
      return { kind: 'hash', algo: 'sha1' }
    default:
      return { kind: 'text' }
  }
}

/** The patterns that a field type's name stands for. */
function ownPatterns({ kind, algo }: TextNode): ReadonlySet<string> {
  const model = kind === 'decimal' ? decimal() : kind === 'hash' ? hash(algo ?? 'sha256') : undefined
  const patterns = model === undefined ? [] : checksOf(model).map(patternOf)
  return new Set(patterns.map((pattern) => textOf(pattern ?? null)))
}

function patternOf(check: CheckDef): Pattern | undefined {
  const { format = '', pattern, prefix, suffix, includes, position } = check
  if (format === 'starts_with' && prefix !== undefined) return { source: `^${escaped(prefix)}`, flags: '' }
  if (format === 'ends_with' && suffix !== undefined) return { source: `${escaped(suffix)}$`, flags: '' }
  if (format === 'includes' && includes !== undefined)
    return position === undefined ? { source: escaped(includes), flags: '' } : undefined
  if (!patternFormats.has(format) || pattern === undefined) return undefined
  // A sticky or global expression remembers where it was: two readers would disagree.
  return /[gy]/.test(pattern.flags) ? undefined : { source: pattern.source, flags: pattern.flags }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

export function freezeNumber(model: z.ZodType): FrozenNode {
  const def = model._zod.def as unknown as ScalarDef
  if (def.coerce === true) return code('coerce')
  const node: Mutable<NumberNode> = { kind: fieldTypeOf(model) === 'float' ? 'float' : 'number' }
  const checks: readonly CheckDef[] =
    def.format === undefined ? checksOf(model) : [{ check: 'number_format', format: def.format }, ...checksOf(model)]
  const multiples = new Set<number>()
  for (const check of checks) {
    const value = typeof check.value === 'number' ? check.value : undefined
    if (check.check === 'number_format' && check.format !== undefined) applyNumberFormat(node, check.format)
    else if (value === undefined) return code(check.check)
    else if (check.check === 'greater_than' || check.check === 'less_than') applyBound(node, check, value)
    else if (check.check === 'multiple_of') multiples.add(value)
    else return code(check.check)
  }
  if (multiples.size > 0) node.multipleOf = [...multiples].sort((a, b) => a - b)
  return node
}

function applyBound(node: Mutable<NumberNode>, check: CheckDef, value: number): void {
  const isInclusive = check.inclusive === true
  if (check.check === 'greater_than') {
    if (isInclusive) node.min = Math.max(node.min ?? -Infinity, value)
    else node.above = Math.max(node.above ?? -Infinity, value)
  } else if (isInclusive) node.max = Math.min(node.max ?? Infinity, value)
  else node.below = Math.min(node.below ?? Infinity, value)
}

function applyNumberFormat(node: Mutable<NumberNode>, format: string): void {
  if (format === 'safeint' || format === 'int32' || format === 'uint32') node.kind = 'int'
  const range = rangeOfFormat[format]
  if (range === undefined) return
  applyBound(node, { check: 'greater_than', inclusive: true }, range[0])
  applyBound(node, { check: 'less_than', inclusive: true }, range[1])
}

const rangeOfFormat: Readonly<Record<string, readonly [number, number]>> = {
  int32: [-2_147_483_648, 2_147_483_647],
  uint32: [0, 4_294_967_295],
  float32: [-3.4028234663852886e38, 3.4028234663852886e38],
}

function code(construct: string): FrozenNode {
  return { kind: 'code', construct }
}
