// What a made token allows, as it stands in `.ledgerd/tokens.json`: never the token, only its hash. Read strictly: an
// unknown word in the file gives nobody anything.
import { formatPointer } from '@ledgerd/canonical'
import { isLedgerPattern } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema'
import * as z from 'zod'

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

const timeModel = z.iso.datetime({ offset: true })
const grantModel = z.strictObject({
  name: z.string().refine(isGrantName, { error: 'is no name for a token' }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, { error: 'is no SHA-256 in hex' }),
  allow: z.array(z.enum(actions)).min(1),
  ledgers: z.array(z.string().refine(isLedgerPattern, { error: 'is neither a ledger id nor a pattern' })),
  created: timeModel,
  expires: timeModel.optional(),
  draftsPerSecondMax: z.int().min(1).optional(),
})
const fileModel = z.strictObject({ v: z.literal(1), tokens: z.array(grantModel).max(grantsMax) })

/** 1 to 64 of A-Z a-z 0-9 _ . - from a letter or digit on, and not a name the daemon uses itself. */
export function isGrantName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(text) && !reservedNames.has(text)
}

/** The grants in a file's text; `file` is for messages. Throws CONFIG_INVALID. */
export function parseGrants(text: string, file: string): Grant[] {
  const parsed = fileModel.safeParse(parseJson(text, file))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const place = formatPointer((issue?.path ?? []) as (string | number)[])
    throw invalid(file, `${place || 'its root'} ${issue?.message ?? 'is wrong'}`)
  }
  const { tokens } = parsed.data
  for (const key of ['name', 'sha256'] as const)
    if (new Set(tokens.map((grant) => grant[key])).size < tokens.length) throw invalid(file, `a ${key} stands twice`)
  return tokens
}

/** The text of a file, for parseGrants and for people. */
export function formatGrants(grants: readonly Grant[]): string {
  return `${JSON.stringify({ v: 1, tokens: grants }, undefined, 2)}\n`
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
