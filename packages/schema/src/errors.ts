// The one error class of ledgerd and its closed list of codes. Codes are public API: listed in PROTOCOL.md §7,
// never renamed, never reused. What a caller may do next follows from `retryable` and `outcome`, never from the text.

/** Whether the line of a failed append is on disk. `absent` is never wrong; `unknown` asks for a retry with the same identity. */
export type Outcome = 'absent' | 'present' | 'unknown'

/** What a code means for the caller. `outcome` is undefined where no line was at stake. */
export interface CodeFacts {
  readonly retryable: boolean
  readonly outcome: Outcome | undefined
}

const absentForGood: CodeFacts = { retryable: false, outcome: 'absent' }
const absentForNow: CodeFacts = { retryable: true, outcome: 'absent' }
const reading: CodeFacts = { retryable: false, outcome: undefined }

/** The closed list. */
export type ErrorCode =
  | 'UNREACHABLE'
  | 'DEADLINE'
  | 'BUSY'
  | 'DRAINING'
  | 'LEDGER_LOCKED'
  | 'QUEUE_FULL'
  | 'RATE_LIMITED'
  | 'ABORTED'
  | 'CLOSED'
  | 'EXPECT_FAILED'
  | 'IDENTITY_CONFLICT'
  | 'SCHEMA_INVALID'
  | 'INVARIANT_VIOLATED'
  | 'VALUE_REFUSED'
  | 'LINE_TOO_LONG'
  | 'BATCH_TOO_LARGE'
  | 'SCHEMA_UNKNOWN'
  | 'PROTOCOL_VERSION'
  | 'FRAME_INVALID'
  | 'REQUEST_INVALID'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'LEDGER_ID_INVALID'
  | 'LEDGER_NOT_FOUND'
  | 'LEDGER_STOPPED'
  | 'EVENT_NOT_FOUND'
  | 'CURSOR_AHEAD'
  | 'CURSOR_GONE'
  | 'EVENT_INVALID'
  | 'UPCAST_MISSING'
  | 'INTEGRITY_BROKEN'
  | 'CONFIG_INVALID'
  | 'INTERNAL'

/** Every code with its default facts. The thrower may state a weaker outcome (`unknown` once a draft was sent). */
export const errorCodes: Readonly<Record<ErrorCode, CodeFacts>> = {
  UNREACHABLE: { retryable: true, outcome: 'unknown' },
  DEADLINE: { retryable: true, outcome: 'unknown' },
  BUSY: absentForNow,
  DRAINING: absentForNow,
  LEDGER_LOCKED: absentForNow,
  QUEUE_FULL: absentForNow,
  RATE_LIMITED: absentForNow,
  ABORTED: { retryable: false, outcome: 'unknown' },
  CLOSED: { retryable: false, outcome: 'unknown' },
  EXPECT_FAILED: absentForGood,
  IDENTITY_CONFLICT: { retryable: false, outcome: 'present' },
  SCHEMA_INVALID: absentForGood,
  INVARIANT_VIOLATED: absentForGood,
  VALUE_REFUSED: absentForGood,
  LINE_TOO_LONG: absentForGood,
  BATCH_TOO_LARGE: absentForGood,
  SCHEMA_UNKNOWN: absentForGood,
  PROTOCOL_VERSION: absentForGood,
  FRAME_INVALID: absentForGood,
  REQUEST_INVALID: absentForGood,
  UNAUTHENTICATED: absentForGood,
  FORBIDDEN: absentForGood,
  LEDGER_ID_INVALID: absentForGood,
  LEDGER_NOT_FOUND: absentForGood,
  LEDGER_STOPPED: absentForGood,
  EVENT_NOT_FOUND: reading,
  CURSOR_AHEAD: reading,
  CURSOR_GONE: reading,
  EVENT_INVALID: reading,
  UPCAST_MISSING: reading,
  INTEGRITY_BROKEN: reading,
  CONFIG_INVALID: reading,
  INTERNAL: { retryable: false, outcome: 'unknown' },
}

export interface LedgerErrorOptions {
  readonly outcome?: Outcome
  /** A floor in milliseconds under the caller's own back-off. */
  readonly retryAfterMs?: number
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** How an error travels in frames and HTTP bodies (PROTOCOL.md §7). */
export interface ErrorDocument {
  readonly code: ErrorCode
  readonly message: string
  readonly retryable: boolean
  readonly outcome?: Outcome
  readonly retryAfterMs?: number
  readonly details?: Readonly<Record<string, unknown>>
}

/** What makes an error one of ours, whichever copy of this package made it. */
const brand = Symbol.for('ledgerd.LedgerError')

/** An expected failure. The message starts with the code and says how to go on; callers match on `code` alone. */
export class LedgerError extends Error {
  /** A schema package beside the data may bring a copy of this package of its own: its refusals are refusals here too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== LedgerError) return Function.prototype[Symbol.hasInstance].call(this, value)
    return typeof value === 'object' && value !== null && brand in value
  }

  override readonly name: string = 'LedgerError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly outcome: Outcome | undefined
  readonly retryAfterMs: number | undefined
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, sentence: string, options: LedgerErrorOptions = {}) {
    super(`${code}: ${sentence}`, options.cause === undefined ? undefined : { cause: options.cause })
    const facts = errorCodes[code]
    this.code = code
    this.retryable = facts.retryable
    this.outcome = options.outcome ?? facts.outcome
    this.retryAfterMs = options.retryAfterMs
    this.details = options.details ?? {}
  }
}

Object.defineProperty(LedgerError.prototype, brand, { value: true })

const loneSurrogate = /\p{Surrogate}/gu

/** The document form of an error, for the wire, where half a surrogate pair quoted from a draft has no place. */
export function formatError(error: LedgerError): ErrorDocument {
  return {
    code: error.code,
    message: error.message.slice(error.code.length + 2).replace(loneSurrogate, '\ufffd'),
    retryable: error.retryable,
    ...(error.outcome === undefined ? {} : { outcome: error.outcome }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(Object.keys(error.details).length === 0 ? {} : { details: error.details }),
  }
}

/** The same error, saying which draft of the request it is about. */
export function withIndex(error: LedgerError, index: number): LedgerError {
  const sentence = error.message.slice(error.code.length + 2)
  return new LedgerError(error.code, `draft ${index}: ${sentence}`, {
    ...(error.outcome === undefined ? {} : { outcome: error.outcome }),
    details: { ...error.details, index },
    cause: error,
  })
}

/** Rebuilds an error from the wire. A code this version does not know becomes INTERNAL and keeps its text. */
export function parseError(document: ErrorDocument): LedgerError {
  const isKnown = Object.hasOwn(errorCodes, document.code)
  const sentence = isKnown ? document.message : `${document.code}: ${document.message}`
  return new LedgerError(isKnown ? document.code : 'INTERNAL', sentence, {
    ...(document.outcome === undefined ? {} : { outcome: document.outcome }),
    ...(document.retryAfterMs === undefined ? {} : { retryAfterMs: document.retryAfterMs }),
    ...(document.details === undefined ? {} : { details: document.details }),
  })
}

/** A programmer error: crashes, is never caught. */
export function invariant(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${sentence}`)
}
