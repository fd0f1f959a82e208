// What a made token allows, as it stands in `.ledgerd/tokens.json`: never the token, only its hash. Read strictly: an
// unknown word in the file gives nobody anything.
import { formatPointer } from '@ledgerd/canonical'
import { beginsWithDay, isLedgerPattern } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema/errors'

export const actions = ['append', 'read', 'admin'] as const

/** What a principal may do (PROTOCOL.md §2.1). */
export type Action = (typeof actions)[number]

export interface Grant {
  readonly name: string
  /** SHA-256 of the token's text, 64 hex digits. */
  readonly sha256: string
  readonly allow: readonly Action[]
  /** Ids and patterns; empty when only admin is allowed. */
  readonly ledgers: readonly string[]
  /** RFC 3339. */
  readonly created: string
  /** RFC 3339; absent when it never does. */
  readonly expires?: string | undefined
  /** On average; absent for the daemon's own limit. */
  readonly draftsPerSecondMax?: number | undefined
}

/** Grants in one file; CONFIG_INVALID beyond. Every login looks at all of them. */
const grantsMax = 1024
/** Names of principals that no file makes. */
const reservedNames = new Set(['owner', 'local'])

/** What is wrong with a member's value; undefined for a right one. */
type Check = (value: unknown) => Flaw | undefined

/** `at` leads from the value to the mistake. */
interface Flaw {
  readonly at: readonly (string | number)[]
  readonly sentence: string
}

const time: Check = flawUnless((value) => typeof value === 'string' && isTime(value), 'is no date and time with a zone')

const grantChecks: Readonly<Record<keyof Grant, Check>> = {
  name: flawUnless((value) => typeof value === 'string' && isGrantName(value), 'is no name for a token'),
  sha256: flawUnless((value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value), 'is no SHA-256 in hex'),
  allow: listOf(
    flawUnless((value) => (actions as readonly unknown[]).includes(value), `is none of ${actions.join(', ')}`),
    { min: 1, max: actions.length },
  ),
  ledgers: listOf(
    flawUnless((value) => typeof value === 'string' && isLedgerPattern(value), 'is neither a ledger id nor a pattern'),
  ),
  created: time,
  expires: time,
  draftsPerSecondMax: flawUnless(
    (value) => Number.isSafeInteger(value) && (value as number) >= 1,
    'is no whole number above 0',
  ),
}
const optional: ReadonlySet<string> = new Set(['expires', 'draftsPerSecondMax'])

/** 1 to 64 of A-Z a-z 0-9 _ . - from a letter or digit on, and not a name the daemon uses itself. */
export function isGrantName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(text) && !reservedNames.has(text)
}

/** The grants in a file's text; `file` is for messages. Throws CONFIG_INVALID. */
export function parseGrants(text: string, file: string): Grant[] {
  const value = parseJson(text, file)
  const flaw = checkFile(value)
  if (flaw !== undefined) throw invalid(file, `${formatPointer(flaw.at) || 'its root'} ${flaw.sentence}`)
  const { tokens } = value as { readonly tokens: Grant[] }
  for (const key of ['name', 'sha256'] as const)
    if (new Set(tokens.map((grant) => grant[key])).size < tokens.length) throw invalid(file, `a ${key} stands twice`)
  return tokens
}

/** The text of a file, for parseGrants and for people. */
export function formatGrants(grants: readonly Grant[]): string {
  return `${JSON.stringify({ v: 1, tokens: grants }, undefined, 2)}\n`
}

const checkFile: Check = objectOf({
  v: flawUnless((value) => value === 1, 'is not 1'),
  tokens: listOf(objectOf(grantChecks), { max: grantsMax }),
})

/** Every member that is there is known and right, and none is missing. */
function objectOf(checks: Readonly<Record<string, Check>>): Check {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { at: [], sentence: 'is no object' }
    const stranger = Object.keys(value).find((key) => !Object.hasOwn(checks, key))
    if (stranger !== undefined) return { at: [stranger], sentence: 'is a word it does not know' }
    for (const [key, check] of Object.entries(checks)) {
      if (!Object.hasOwn(value, key) && optional.has(key)) continue
      const flaw = check((value as Readonly<Record<string, unknown>>)[key])
      if (flaw !== undefined) return inside(key, flaw)
    }
    return undefined
  }
}

function listOf(check: Check, { min = 0, max = Number.POSITIVE_INFINITY }: { min?: number; max?: number } = {}): Check {
  return (value) => {
    if (!Array.isArray(value)) return { at: [], sentence: 'is no list' }
    if (value.length < min || value.length > max) return { at: [], sentence: `has ${value.length} entries` }
    for (const [at, entry] of value.entries()) {
      const flaw = check(entry)
      if (flaw !== undefined) return inside(at, flaw)
    }
    return undefined
  }
}

function inside(step: string | number, { at, sentence }: Flaw): Flaw {
  return { at: [step, ...at], sentence }
}

function flawUnless(holds: (value: unknown) => boolean, sentence: string): Check {
  return (value) => (holds(value) ? undefined : { at: [], sentence })
}

/** RFC 3339 with a zone, on a day that there is. */
function isTime(text: string): boolean {
  const isShaped = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)
  return isShaped && beginsWithDay(text) && !Number.isNaN(Date.parse(text))
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalid(file, 'it is no JSON', error)
  }
}

function invalid(file: string, flaw: string, cause?: unknown): LedgerError {
  return new LedgerError('CONFIG_INVALID', `${file}: ${flaw}; make and revoke tokens with: ledgerd token`, { cause })
}
