// What a ledger schema is to everything that is not a schema: how a draft is admitted and sealed, how a line is
// checked and read. One implementation per family; the daemon, the verifier and the SDK know only these shapes.
import type { ArtifactReference } from './artifact/artifact-reference.ts'
import type { Finding } from './finding.ts'
import type { EventMap } from './event.ts'

/** One thing a caller wants recorded, before anything is decided. `data` is already a JSON value. */
export interface Draft<Type extends string = string, Data = unknown> {
  readonly type: Type
  readonly data: Data
  /** The event's identity. Made by the client before the first send and sent again unchanged. */
  readonly id?: string
  readonly link?: string | null
  readonly meta?: Readonly<Record<string, unknown>>
}

/** What sealing adds. */
export interface Stamp {
  readonly seq: number
  /** Wall clock of the daemon, Unix milliseconds. */
  readonly timeMs: number
}

/** A draft that passed scan, schema and stateless rules. Its wire bytes are owned by it and not reused. */
export interface AdmittedDraft {
  readonly eventId: string
  readonly type: string
  /** Upper bound of the sealed line in bytes, LF included. */
  readonly lineBytesMax: number
}

/**
 * Turns drafts into lines for one ledger. Pure and synchronous: no I/O, no clock, no randomness.
 * Errors by LedgerError: VALUE_REFUSED, SCHEMA_INVALID, LINE_TOO_LONG, INVARIANT_VIOLATED.
 */
export interface LineWriter<Admitted extends AdmittedDraft = AdmittedDraft> {
  /** The name of the writer profile in force, for reports and stat. */
  readonly profile: string
  /** Scans one draft as it came over the wire (PROTOCOL.md §4) strictly and validates it. `bytes` holds no LF. */
  admit(bytes: Uint8Array): Admitted
  /** Writes the final line, LF included, into `target` at `at`; returns the offset behind it. */
  seal(admitted: Admitted, stamp: Stamp, target: Uint8Array, at: number): number
  /** True if this line (without LF) records the same content under the same identity; time and checksum do not count. */
  isSameContent(admitted: Admitted, line: Uint8Array): boolean
}

/**
 * What the invariants of a family remember of one ledger: rebuilt from its lines when it is opened, asked in the turn of
 * each draft before it is sealed. Pure and bounded in memory. Families without invariants over lines have none.
 */
export interface AdmissionRules<Admitted extends AdmittedDraft = AdmittedDraft> {
  /** Takes the next stored line, without LF, as history: right or wrong, it happened. Never throws on content. */
  replay(line: Uint8Array): void
  /**
   * Takes the draft as the next line and says with which stamp it is to be sealed; `undo` forgets it again, newest first.
   * Throws INVARIANT_VIOLATED with `details.rule`, having changed nothing.
   */
  take(admitted: Admitted, stamp: Stamp): RuleTurn
}

export interface RuleTurn {
  readonly stamp: Stamp
  readonly undo: () => void
}

/** Where a line stands. */
export interface Place {
  readonly line: number
  readonly offset: number
}

export interface LineVerdict {
  readonly findings: readonly Finding[]
  /** Which documented form matched, for example 'both', 'python', 'python-ascii'; undefined if none did. */
  readonly variant: string | undefined
  /** The identity of the line, if one can be read. */
  readonly eventId: string | undefined
  readonly type: string | undefined
}

/** Checks the lines of one file in order; state of the invariants lives inside. Never throws on content. */
export interface LineChecker {
  /** `line` is without its LF. Blank lines are the caller's business and never come here. */
  check(line: Uint8Array, place: Place): LineVerdict
  /** Findings that only the end can tell. */
  finish(): readonly Finding[]
}

export interface CheckOptions {
  /** The ledger id, from which a family may derive what its lines must name (world-events: the world). */
  readonly ledger: string
  /** 'lines': form and checksum of each line alone. 'schema': also payloads, invariants, identities. Default 'schema'. */
  readonly level?: 'lines' | 'schema'
}

/** A line read back as an event. `data` is the parsed payload; exact bytes stay with the caller. */
export interface DecodedEvent {
  readonly eventId: string
  readonly type: string
  /** The version of its type under which `data` was recorded, from 1. */
  readonly version: number
  readonly link: string | null
  readonly time: string
  readonly meta: Readonly<Record<string, unknown>>
  readonly data: unknown
}

export interface WriterOptions {
  readonly ledger: string
  /** One of the schema's `profiles`; the first is the default. */
  readonly profile?: string
}

/** Which profile the lines of an adopted file speak for, given the count of each variant seen (formats §2.3). */
export type ProfileVerdict = { readonly profile: string } | { readonly conflict: string }

/** What the members of a family's lines are for, as JSON pointers into the line. No declaration adds a member. */
export interface LineDeclarations {
  readonly dialects: readonly [string, ...string[]]
  /** What tells one event from another. */
  readonly identity: readonly [string, ...string[]]
  /** The daemon's clock at sealing. */
  readonly time: string
  /** Where a draft that comes late keeps its own time. */
  readonly occurredAt?: string
  /** The version of the event's type; a line without it has version 1. */
  readonly version?: string
  /** The type of events that stand for lost drafts. */
  readonly loss?: string
}

export interface LinkDeclaration {
  readonly path: string
  readonly cardinality: 'one-to-one' | 'one-to-many' | 'many-to-many'
  readonly pair?: 'nearest-earlier'
}

/** A versioned schema of one ledger family. */
export interface LedgerSchema<Events extends EventMap = EventMap> {
  readonly name: string
  readonly version: string
  readonly family: string
  readonly events: Events
  readonly profiles: readonly [string, ...string[]]
  readonly line: LineDeclarations
  readonly links: Readonly<Record<string, LinkDeclaration>>
  /** The wire form of a draft (PROTOCOL.md §4), without LF; numbers spelled as the schema declares them. */
  encodeDraft(draft: Draft & { readonly id: string }): string
  /** Validates data and meta as admission would. Throws SCHEMA_INVALID or VALUE_REFUSED with JSON pointers. */
  validate(draft: Draft): void
  /** The identity that (ledger, key) stands for; the same on every machine and in every language. */
  deriveEventId(ledger: string, key: string): string
  openWriter(options: WriterOptions): LineWriter
  /** The invariants over the lines of one ledger, in file order; absent if drafts are judged alone. */
  openRules?(options: WriterOptions): AdmissionRules
  openChecker(options: CheckOptions): LineChecker
  /** Reads one line, without LF. Throws EVENT_INVALID if it is not a well-formed line of this family. */
  decode(line: Uint8Array): DecodedEvent
  /**
   * The event with its payload brought step by step to the newest version of its type; the same object if it is there.
   * Throws UPCAST_MISSING when there is no way. Stored bytes are never changed.
   */
  upcast(event: DecodedEvent): DecodedEvent
  /** Whether the payload is valid under its type in the version it was stored in; unknown types are 'undeclared'. */
  payloadState(event: DecodedEvent): 'valid' | 'invalid' | 'undeclared'
  /** The identity that an id means as lines spell it, for who looks an event up; absent where both are the same. */
  identityOf?(id: string): string
  /** The identity of a line without a full check, for the index; undefined if there is none. */
  eventIdOf(line: Uint8Array): string | undefined
  /** Event type and link of a line without a full check, for filters. */
  routeOf(line: Uint8Array): { readonly type: string; readonly link: string | null } | undefined
  /**
   * The places of a line that refer to files by their content, in its order; none if it cannot be read. Absent if no event
   * declares any: then nothing can be looked up.
   */
  artifactsOf?(line: Uint8Array): readonly ArtifactReference[]
  /** Unix milliseconds of a line, or undefined; for positions by time. */
  timeMsOf(line: Uint8Array): number | undefined
  profileOf(variants: ReadonlyMap<string, number>): ProfileVerdict
}
