// `--where 'data.score >= 0.5'`: one field compared with one value, by the type of the field. No language: conditions
// given together must all hold, and what a line lacks holds no comparison.
import type { JsonNode } from '@ledgerd/canonical'
import { instantMs, isInstant } from '@ledgerd/schema'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import type { RecordValues } from './record-value.ts'

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>='

export type Condition =
  | { readonly kind: 'present' | 'absent'; readonly path: readonly string[] }
  | {
      readonly kind: 'compare'
      readonly path: readonly string[]
      readonly operator: Operator
      readonly text: string
      /** Written in quotes: a text, whatever it looks like. */
      readonly isQuoted: boolean
    }

const path = /^[A-Za-z_$][\w$-]*(?:\.[\w$-]+)*$/
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Parses a condition: FIELD, !FIELD, or FIELD with =, !=, <, <=, > or >= and a value. Throws CliError. */
export function parseCondition(source: string): Condition {
  const isAbsence = /^\s*!\s*[^=]/.test(source)
  if (isAbsence) return { kind: 'absent', path: parsePath(source.trim().slice(1), source) }
  const found = /^([^=<>!]*)(<=|>=|!=|=|<|>)(.*)$/s.exec(source)
  if (found === null) return { kind: 'present', path: parsePath(source, source) }
  const [, left = '', operator, right = ''] = found
  const { text, isQuoted } = parseValue(right.trim(), source)
  return { kind: 'compare', path: parsePath(left, source), operator: operator as Operator, text, isQuoted }
}

/** True if the line meets the condition. */
export function holds(condition: Condition, values: RecordValues): boolean {
  const value = values.at(condition.path)
  const isPresent = value !== undefined && value !== ''
  if (condition.kind !== 'compare') return isPresent === (condition.kind === 'present')
  if (value === undefined || !isPresent) return false
  const order = compare(value, condition)
  if (order === undefined) return condition.operator === '!='
  return isInOrder[condition.operator](order)
}

const isInOrder: Readonly<Record<Operator, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
}

interface Right {
  readonly text: string
  readonly isQuoted: boolean
}

/** Below, at or above the value on the right; undefined where the two cannot be compared. */
function compare(value: JsonNode | string, { text, isQuoted }: Right): number | undefined {
  if (typeof value === 'string') {
    const isNumber = !isQuoted && number.test(value) && number.test(text)
    return isNumber ? compareNumbers(value, text) : compareTexts(value, text)
  }
  switch (value.kind) {
    case 'string':
      return compareTexts(value.value, text)
    case 'number':
      return !isQuoted && number.test(text) ? compareNumbers(value.lexeme, text) : undefined
    case 'literal':
      return !isQuoted && String(value.value) === text ? 0 : undefined
    default:
      return undefined
  }
}

/** Whole numbers exactly, however large; others as doubles. */
function compareNumbers(left: string, right: string): number {
  const isWhole = /^-?\d+$/.test(left) && /^-?\d+$/.test(right)
  const [a, b] = isWhole ? [BigInt(left), BigInt(right)] : [Number(left), Number(right)]
  return a < b ? -1 : a > b ? 1 : 0
}

/** Two instants by their time, whatever their zones; all other texts by code point. */
function compareTexts(left: string, right: string): number {
  if (!isInstant(left) || !isInstant(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right))
  const byTime = timeMs(left) - timeMs(right)
  return byTime === 0 ? Number(nanoseconds(left)) - Number(nanoseconds(right)) : byTime
}

function timeMs(text: string): number {
  const bytes = Buffer.from(text)
  return instantMs(bytes, 0, bytes.length)
}

/** The fraction of a second, nine digits. */
function nanoseconds(text: string): string {
  return (/\.(\d+)/.exec(text)?.[1] ?? '').padEnd(9, '0')
}

function parsePath(text: string, source: string): readonly string[] {
  const trimmed = text.trim()
  if (!path.test(trimmed)) throw notACondition(source)
  return trimmed.split('.')
}

function parseValue(text: string, source: string): Right {
  const quote = text[0]
  if (quote !== '"' && quote !== "'") {
    if (text === '' || /^[=<>!]/.test(text)) throw notACondition(source)
    return { text, isQuoted: false }
  }
  if (text.length < 2 || !text.endsWith(quote)) throw notACondition(source)
  return { text: text.slice(1, -1), isQuoted: true }
}

function notACondition(source: string): CliError {
  return new CliError(
    exitCodes.usage,
    `${source} is no condition`,
    `--where 'data.status = fallback.api_error', --where 'seq >= 100', --where data.error, --where '!link'`,
  )
}
