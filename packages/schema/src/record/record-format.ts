// What a family whose line is one JSON record tells the record engine (record-schema.ts): how a draft becomes a record,
// how a record is read back, and what must hold. The engine does the rest: strict reading, validation, number spelling,
// canonical text, identity, findings of form. Pure; trees keep number lexemes and member order.
import type { Dialect, ObjectNode } from '@ledgerd/canonical'
import type { ArtifactReference } from '../artifact/artifact-reference.ts'
import type { LineDeclarations, LinkDeclaration, Place, ProfileVerdict } from '../contract.ts'
import type { EventMap } from '../event.ts'
import type { Severity } from '../finding.ts'

/** A draft that was read strictly and whose data is valid: numbers are spelled as the schema declares them. */
export interface RecordDraft {
  readonly type: string
  readonly data: ObjectNode
  /** What the client made or was given; the family may know a better identity in `data`. */
  readonly id: string
  readonly link: string | null
  readonly meta: ObjectNode | undefined
}

/** What a stored record says of itself. */
export interface RecordView {
  readonly eventId: string
  readonly type: string
  /** From 1. */
  readonly version: number
  readonly link: string | null
  /** As it stands in the record; empty where there is none. */
  readonly time: string
  readonly meta: ObjectNode | undefined
  /** The payload: for flat records the record itself or a part of it. */
  readonly data: ObjectNode
}

/** One thing wrong with a record, or worth saying. Becomes a finding in verify and a refusal (E) at admission. */
export interface Breach {
  /** Kebab-case, listed in docs/findings.md. */
  readonly code: string
  readonly severity: Severity
  /** RFC 6901 pointer into the record; the refusal of a draft names the place in the draft that it came from. */
  readonly path?: string
  /** The family's own name of the rule, such as LD2_MONOTONIC_TIMESTAMPS. */
  readonly rule?: string
  readonly variant?: string
  readonly expected?: string
  readonly found?: string
  readonly message: string
}

/** A breach that only a later line or the end can tell, about an earlier place. */
export interface PlacedBreach extends Breach {
  readonly place: Place
}

/**
 * The invariants over the records of one ledger, in file order. The same object serves admission and verify, so both
 * hold the same. Bounded in memory: keep counters and fingerprints, never records.
 */
export interface RecordRules {
  /** What is wrong with this record as the next one. Looks only. */
  judge(record: ObjectNode, view: RecordView): readonly Breach[]
  /** Takes it in, right or wrong. Returns how to forget it again; callers undo newest first. */
  take(record: ObjectNode, view: RecordView, place: Place): () => void
  /** The time to write for a record sealed now, or what forbids to write one (kernel-runs: max of now and the last). */
  settleTime?(timeMs: number): number | Breach
  /**
   * The record with what only its turn can tell, such as its number in an order that several writers share; the same
   * record if there is nothing. Asked before `judge`. The composed record must be no shorter, and what is settled here is
   * no content (see `contentOf`): a retry is settled otherwise and is still the same event.
   */
  settle?(record: ObjectNode): ObjectNode
  /** What only the end can tell. */
  finish?(): readonly PlacedBreach[]
}

export interface RecordFormat<Events extends EventMap = EventMap> {
  readonly name: string
  readonly version: string
  readonly family: string
  readonly events: Events
  /** Writer profiles; the first is the default. */
  readonly profiles: readonly [string, ...string[]]
  readonly line: LineDeclarations
  readonly links: Readonly<Record<string, LinkDeclaration>>
  /** The text of the lines it writes. */
  readonly dialect: Dialect
  /** True if another spelling of the same record on disk is `not-canonical`. */
  readonly isSpellingFixed: boolean
  /** True if NaN and the infinities are read, with a finding (formats §1.2). */
  readonly readsNonFinite: boolean
  /** How bad CRLF is; BOM is always E. */
  readonly crlfSeverity: Severity
  /** How bad a stored payload is that does not fit its model; E unless given. */
  readonly payloadSeverity?: Severity
  /** The pointer at which a record names its type, for findings. */
  readonly typePath?: string
  /** True if its rules report repeated identities, under a code of the family's own. */
  readonly hasIdentityRule?: boolean
  /** The identity that an id means as lines spell it; absent where both are the same. */
  identityOf?(id: string): string
  /** The identity that (ledger, key) stands for. */
  deriveEventId(ledger: string, key: string): string
  /**
   * What a draft must be beyond its model before it can be composed; the first breach of severity E refuses it, with
   * INVARIANT_VIOLATED if it names a rule, else SCHEMA_INVALID. Paths are pointers into the draft, such as `/data/mode`.
   */
  judgeDraft(draft: RecordDraft): readonly Breach[]
  /**
   * The record of a draft, members in the order on disk; the same again for the same arguments. Called at admission with
   * the end of the year 9999, for which the line must be no shorter than for any other time.
   */
  compose(draft: RecordDraft, timeMs: number, profile: string, ledger: string): ObjectNode
  /** Undefined if the record cannot be read as an event of this family. */
  view(record: ObjectNode): RecordView | undefined
  /**
   * Form, hashes and consistency of one stored record alone; `variant` is the documented form that matched. Admission
   * asks it about composed records, too, and refuses what it calls E; so it must not compare the record's time with a
   * clock, and data may be earlier than it.
   */
  judgeRecord(
    record: ObjectNode,
    context: { readonly ledger: string; readonly level: 'lines' | 'schema' },
  ): { readonly breaches: readonly Breach[]; readonly variant: string | undefined }
  /**
   * What of a record is content: all but its time and what is hashed or signed over it. Two records of one identity are
   * the same event if this is equal. Default: the record without the member at `line.time`, if that is at its top.
   */
  contentOf?(record: ObjectNode): ObjectNode
  /** Places that refer to files. Default: the fields of the payload whose meaning is `artifact`. */
  artifactsOf?(record: ObjectNode): readonly ArtifactReference[]
  openRules?(ledger: string, profile: string | undefined): RecordRules
  profileOf(variants: ReadonlyMap<string, number>): ProfileVerdict
}
