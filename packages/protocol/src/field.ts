// The kinds of members that frame headers have (PROTOCOL.md §3). Each is a plain test over a parsed JSON value that
// never throws. Strings are bounded by the header's size alone.
import { isLedgerId } from './ledger-id.ts'
import type { Field, Header } from './frame-rules.ts'

const loneSurrogate = /\p{Surrogate}/u
const root = /^sha256:[0-9a-f]{64}$/
const errorCode = /^[A-Z][A-Z0-9_]*$/
const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/

export const boolean: Field = { want: 'true or false', isValid: (value) => typeof value === 'boolean' }
/** Request ids, cursors, sizes. */
export const integer: Field = { want: 'a safe integer from 0', isValid: isNatural }
export const count: Field = { want: 'a safe integer from 1', isValid: isCount }
export const versionOne: Field = { want: '1', isValid: (value) => value === 1 }
export const text: Field = { want: 'a string without lone surrogates', isValid: isText }
export const texts: Field = {
  want: 'a non-empty list of strings',
  isValid: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
}
export const ledgerId: Field = {
  want: 'a ledger id',
  isValid: (value) => typeof value === 'string' && isLedgerId(value),
}
export const leafHash: Field = { want: 'sha256: and 64 hex digits', isValid: isRoot }
export const rootOrNull: Field = {
  want: 'sha256: and 64 hex digits, or null',
  isValid: (value) => value === null || isRoot(value),
}
export const start: Field = {
  want: '"start", "end", a safe integer or {"time": RFC 3339}',
  isValid: (value) =>
    value === 'start' ||
    value === 'end' ||
    isInteger(value) ||
    (isRecord(value) && typeof value['time'] === 'string' && rfc3339.test(value['time'])),
}
export const cursorsByName: Field = {
  want: 'an object of cursors by ledger',
  isValid: (value) => isRecord(value) && Object.entries(value).every(([name, seq]) => isText(name) && isNatural(seq)),
}
export const expectation: Field = {
  want: '{"size": a safe integer from 0, "root"?: sha256: and 64 hex digits}',
  isValid: (value) =>
    isRecord(value) && isNatural(value['size']) && (value['root'] === undefined || isRoot(value['root'])),
}
export const sequence: Field = { want: 'a list of ascending sequence numbers', isValid: isSequence }
export const acks: Field = {
  want: 'a non-empty list of [id, seq, n]',
  isValid: (value) => Array.isArray(value) && value.length > 0 && value.every(isAck),
}
export const limits: Field = {
  want: 'an object with lineBytesMax, batchBytesMax, batchLinesMax, creditBytesMax and depthMax',
  isValid: (value) =>
    isRecord(value) &&
    ['lineBytesMax', 'batchBytesMax', 'batchLinesMax', 'creditBytesMax', 'depthMax'].every((name) =>
      isCount(value[name]),
    ),
}
export const errorDocument: Field = {
  want: 'an error {code, message, retryable, outcome?, retryAfterMs?, details?}',
  isValid: isErrorDocument,
}

/** One of a closed list of words. */
export function oneOf(words: readonly string[]): Field {
  return { want: `one of ${words.join(', ')}`, isValid: (value) => typeof value === 'string' && words.includes(value) }
}

/** For a frame that carries exactly one of two members. */
export function isPresentOnce(first: string, second: string): (header: Header) => string | undefined {
  return (header) =>
    (header[first] === undefined) === (header[second] === undefined)
      ? `exactly one of "${first}" and "${second}" must be given`
      : undefined
}

/** Minus zero is refused: it would come back from a second trip as another value. */
function isInteger(value: unknown): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0)
}

function isNatural(value: unknown): boolean {
  return isInteger(value) && (value as number) >= 0
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && !loneSurrogate.test(value)
}

function isRoot(value: unknown): boolean {
  return typeof value === 'string' && root.test(value)
}

function isRecord(value: unknown): value is Header {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isAck(value: unknown): boolean {
  return Array.isArray(value) && value.length === 3 && isNatural(value[0]) && isNatural(value[1]) && isCount(value[2])
}

function isSequence(value: unknown): boolean {
  if (!Array.isArray(value) || !isNatural(value[0])) return false
  return value.every((seq, index) => isNatural(seq) && (index === 0 || seq > value[index - 1]))
}

function isErrorDocument(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { code, message, retryable, outcome, retryAfterMs, details } = value
  return (
    typeof code === 'string' &&
    errorCode.test(code) &&
    isText(message) &&
    typeof retryable === 'boolean' &&
    (outcome === undefined || outcome === 'absent' || outcome === 'present' || outcome === 'unknown') &&
    (retryAfterMs === undefined || isNatural(retryAfterMs)) &&
    (details === undefined || isRecord(details))
  )
}
