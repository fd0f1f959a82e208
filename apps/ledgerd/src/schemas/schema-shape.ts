// Whether what a package exports is a ledger schema. Looks at the shape alone, never at `instanceof`: the package may
// bring its own copy of everything.
import { type LedgerSchema, lintModel } from '@ledgerd/schema'

type Test = { readonly what: string; readonly holds: (value: unknown) => boolean }

const isText: Test = { what: 'a text', holds: (value) => typeof value === 'string' && value.trim() !== '' }
const isRecord: Test = { what: 'an object', holds: (value) => typeof value === 'object' && value !== null }
const isFunction: Test = { what: 'a function', holds: (value) => typeof value === 'function' }
const isTexts: Test = {
  what: 'a list of texts with at least one',
  holds: (value) => Array.isArray(value) && value.length > 0 && value.every(isText.holds),
}
const isVersion: Test = {
  what: 'a version such as 1.0.0',
  holds: (value) => typeof value === 'string' && /^\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/.test(value),
}

const members: Readonly<Record<keyof LedgerSchema, Test | undefined>> = {
  name: isText,
  version: isVersion,
  family: isText,
  events: isRecord,
  profiles: isTexts,
  line: isRecord,
  links: isRecord,
  encodeDraft: isFunction,
  validate: isFunction,
  deriveEventId: isFunction,
  openWriter: isFunction,
  openRules: undefined,
  openChecker: isFunction,
  decode: isFunction,
  upcast: isFunction,
  payloadState: isFunction,
  identityOf: undefined,
  eventIdOf: isFunction,
  routeOf: isFunction,
  artifactsOf: undefined,
  timeMsOf: isFunction,
  profileOf: isFunction,
}

/** True for what was meant as a schema, right or wrong: it has a family and opens writers. */
export function looksLikeSchema(value: unknown): boolean {
  return isRecord.holds(value) && 'family' in (value as object) && 'openWriter' in (value as object)
}

/** Everything about `value` that is not as a schema is; empty if it is one. */
export function schemaProblems(value: unknown): string[] {
  if (!isRecord.holds(value)) return ['it is no object']
  const schema = value as Readonly<Record<string, unknown>>
  const problems = Object.entries(members).flatMap(([name, test]) =>
    test === undefined || test.holds(schema[name]) ? [] : [`"${name}" is not ${test.what}`],
  )
  return problems.length > 0
    ? problems
    : [...lineProblems(value as LedgerSchema), ...eventProblems(value as LedgerSchema)]
}

function lineProblems({ line }: LedgerSchema): string[] {
  return [
    ...(isTexts.holds(line.dialects) ? [] : ['"line.dialects" is not a list of texts']),
    ...(isPointers(line.identity) ? [] : ['"line.identity" is not a list of pointers']),
    ...(isText.holds(line.time) ? [] : ['"line.time" is no pointer']),
  ]
}

/** The empty pointer is the whole record: its content is its identity. */
function isPointers(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((one) => one === '' || isText.holds(one))
}

/** Every version of every event only describes its value (schema-packages §9). */
function eventProblems({ events }: LedgerSchema): string[] {
  return Object.entries(events).flatMap(([type, definition]) => {
    if (!Array.isArray(definition.versions) || definition.versions.length === 0)
      return [`the event ${type} has no versions; declare it with event()`]
    return definition.versions.flatMap(({ model }, at) =>
      lintModel(model).map(
        ({ path, message }) => `version ${at + 1} of the event ${type}, at ${path || 'its root'}: ${message}`,
      ),
    )
  })
}
