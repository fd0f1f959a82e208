// What zod has to say about a value, in the words of the protocol: `details.issues` of SCHEMA_INVALID.
import { formatPointer } from '@ledgerd/canonical'
import type * as z from 'zod'
import { LedgerError } from './errors.ts'

export interface SchemaIssue {
  /** RFC 6901 pointer into the draft. */
  readonly path: string
  readonly message: string
}

const issuesMax = 16

/** The issues of `value` under `model`, at most 16, with pointers below `base`; empty if it is valid. */
export function schemaIssues(model: z.ZodType, value: unknown, base: string): SchemaIssue[] {
  const result = model.safeParse(value)
  if (result.success) return []
  return result.error.issues
    .slice(0, issuesMax)
    .map((issue) => ({ path: base + formatPointer(issue.path.map(stepOf)), message: issue.message }))
}

/** The SCHEMA_INVALID that reports these issues. */
export function schemaInvalid(type: string | undefined, issues: readonly SchemaIssue[]): LedgerError {
  const [first] = issues
  const place = first === undefined ? '' : `; ${issueWords(first)}`
  const subject = type === undefined ? 'The draft is not valid' : `The draft is not a valid ${type}`
  return new LedgerError('SCHEMA_INVALID', `${subject}${place.replace(/\.$/, '')}.`, {
    details: { ...(type === undefined ? {} : { type }), issues },
  })
}

/** The place and what is wrong there; a message that begins with its place says it once. */
function issueWords({ path, message }: SchemaIssue): string {
  if (path !== '' && message.startsWith(`${path} `)) return message
  return `${path === '' ? 'the draft' : path}: ${message}`
}

function stepOf(key: PropertyKey): string | number {
  return typeof key === 'symbol' ? String(key) : key
}
