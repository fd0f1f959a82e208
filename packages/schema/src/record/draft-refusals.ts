// What admission says no to, as the errors a caller gets (PROTOCOL.md §4, §7).
import { formatPointer } from '@ledgerd/canonical'
import { LedgerError } from '../errors.ts'
import { schemaInvalid } from '../schema-issues.ts'
import type { Breach } from './record-format.ts'

/** A sealed line without its LF; the length of an entry bundle is a uint16 (proofs §1). */
export const lineBytesMax = 65_535

export interface Refusal {
  readonly reason: string
  readonly path?: string
  readonly offset?: number
}

/** VALUE_REFUSED: a value that no line can hold. */
export function valueRefused(refusal: Refusal, sentence: string): LedgerError {
  return new LedgerError('VALUE_REFUSED', sentence, { details: { ...refusal } })
}

const words: Readonly<Record<string, string>> = {
  'lone-surrogate': 'half a surrogate pair is no text',
  'non-finite-number': 'it is no finite number; send null, or leave it out',
  'duplicate-key': 'its key stands twice in one object',
  'proto-key': 'many readers take this key for something else; name it otherwise',
  cycle: 'it holds itself',
}

/** VALUE_REFUSED for the value at a place, in a sentence; `detail` says what was found there if its reason needs more words. */
export function placeRefused(
  refusal: Refusal & Required<Pick<Refusal, 'path'>>,
  detail: string = refusal.reason,
): LedgerError {
  const { reason, path, offset } = refusal
  const why = words[reason] ?? (reason === 'unsupported' ? `JSON cannot hold ${detail}` : detail)
  const where = offset === undefined ? '' : ` (byte ${offset})`
  return valueRefused(refusal, `${path} cannot be recorded: ${why}${where}.`)
}

/** SCHEMA_INVALID about one member of the draft. */
export function memberInvalid(path: string, message: string): LedgerError {
  return schemaInvalid(undefined, [{ path, message }])
}

/** SCHEMA_INVALID about a member that no draft has. Its `key` is none either: over HTTP it was made an id, if it could be. */
export function unknownMember(name: string): LedgerError {
  const advice =
    name === 'key'
      ? 'Taken over HTTP alone, as a string, and not beside an id'
      : 'Unknown member; a draft has type, data, id, link and meta'
  return memberInvalid(formatPointer([name]), advice)
}

/** LINE_TOO_LONG. */
export function lineTooLong(lineBytes: number): LedgerError {
  const advice = 'Store the payload by content id and record the id.'
  return new LedgerError(
    'LINE_TOO_LONG',
    `The line would have ${lineBytes} bytes, ${lineBytesMax} is the limit. ${advice}`,
    {
      details: { lineBytes, lineBytesMax },
    },
  )
}

/** INVARIANT_VIOLATED, with the family's name of the rule; the code of the finding where the rule has no other name. */
export function ruleViolated({ code, rule = code, path, expected, found, message }: Breach): LedgerError {
  const facts = { ...(path === undefined ? {} : { path }), ...(expected === undefined ? {} : { expected }) }
  return new LedgerError('INVARIANT_VIOLATED', message, {
    details: { rule, code, ...facts, ...(found === undefined ? {} : { found }) },
  })
}

/**
 * Refuses a draft for its first breach of severity E: INVARIANT_VIOLATED if a rule is named, else SCHEMA_INVALID.
 * `inDraft` gives breaches of the draft's record the place in the draft.
 */
export function refuseBreaches(
  type: string,
  breaches: readonly Breach[],
  inDraft: (breach: Breach) => Breach = (breach) => breach,
): void {
  const first = breaches.find(({ severity }) => severity === 'E')
  if (first === undefined) return
  const breach = inDraft(first)
  if (breach.rule !== undefined) throw ruleViolated(breach)
  const { code, path = '', message } = breach
  const { message: sentence, details } = schemaInvalid(type, [{ path, message }])
  throw new LedgerError('SCHEMA_INVALID', sentence.slice('SCHEMA_INVALID: '.length), {
    details: { ...details, code, path },
  })
}
