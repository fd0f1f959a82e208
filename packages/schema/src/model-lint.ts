// What an event model may be made of. An event's model only describes: it must leave the value as it is, say the same
// to every reader, and stay open to members it does not know (schema-packages §2, §9). Everything else is refused when
// the event is declared, not when a game runs.
import type * as z from 'zod'
import { fieldTypeOf } from './field.ts'
import { childrenOf, defOf } from './model-tree.ts'

export interface LintProblem {
  /** Where in the model, as a JSON pointer with `*` for entries of records and arrays. */
  readonly path: string
  readonly message: string
}

/** Every construct of `model` that an event may not use; empty if it is fine. */
export function lintModel(model: z.ZodType): LintProblem[] {
  const problems: LintProblem[] = []
  visit(model, '', problems)
  return problems
}

/** Throws if `model` cannot describe an event. A programmer error. */
export function assertEventModel(model: z.ZodType): void {
  const problems = lintModel(model)
  if (problems.length === 0) return
  const list = problems.map((problem) => `${problem.path === '' ? '(root)' : problem.path}: ${problem.message}`)
  throw new Error(`An event model must only describe its value. ${list.join('; ')}`)
}

const plainTypes: ReadonlySet<string> = new Set([
  ...['string', 'number', 'boolean', 'null', 'literal', 'enum', 'unknown', 'any', 'never'],
  ...['object', 'record', 'array', 'tuple', 'union', 'optional', 'nullable'],
])

const adviceByType: Readonly<Record<string, string>> = {
  transform: 'changes the value; stored bytes are never changed',
  pipe: 'changes the value; stored bytes are never changed',
  catch: 'makes any value valid',
  default: 'invents values; defaults belong in upcasters',
  prefault: 'invents values; defaults belong in upcasters',
  date: 'is no JSON value; use instant()',
  bigint: 'is no JSON value; use int() or decimal()',
  custom: 'leaves no trace in the frozen schema; put rules beside the model',
  lazy: 'has no frozen form',
  undefined: 'is no JSON value; use .optional()',
}

function visit(model: z.ZodType, path: string, problems: LintProblem[]): void {
  const def = defOf(model)
  if (!plainTypes.has(def.type)) {
    problems.push({ path, message: `${def.type} ${adviceByType[def.type] ?? 'is not allowed in an event model'}` })
    return
  }
  if (def.coerce === true) problems.push({ path, message: 'coerce changes the value' })
  if (def.type === 'object' && (def.catchall === undefined || defOf(def.catchall).type === 'never'))
    problems.push({ path, message: 'objects must be loose (z.looseObject), readers ignore members they do not know' })
  lintChecks(model, path, problems)
  for (const child of childrenOf(model)) visit(child.model, path + child.step, problems)
}

/** Refinements and rewriting checks leave no trace in the frozen schema; those of our own field types are ours. */
function lintChecks(model: z.ZodType, path: string, problems: LintProblem[]): void {
  const allowedCustom = fieldTypeOf(model) === 'instant' ? 1 : 0
  let custom = 0
  for (const check of defOf(model).checks ?? []) {
    const kind = check._zod.def.check
    if (kind === 'overwrite') problems.push({ path, message: 'trim and its like change the value' })
    if (kind === 'custom' && ++custom > allowedCustom)
      problems.push({ path, message: 'refinements leave no trace in the frozen schema; put rules beside the model' })
  }
}
