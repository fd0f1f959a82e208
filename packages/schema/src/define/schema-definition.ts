// What a team says of its own schema (schema-packages §2).
import type { ObjectNode } from '@ledgerd/canonical'
import type { LineDeclarations, LinkDeclaration } from '../contract.ts'
import type { EventMap } from '../event.ts'
import type { Breach, RecordRules, RecordView } from '../record/record-format.ts'

export interface SchemaDefinition<Events extends EventMap> {
  /** The name of the package that exports the schema. */
  readonly name: string
  /** Semver of that package. */
  readonly version: string
  /** What its ledgers are called in reports; the name unless given. */
  readonly family?: string
  /** What members of `meta` and which events are for; no declaration adds a member to the line. */
  readonly line?: Pick<LineDeclarations, 'occurredAt' | 'loss'>
  readonly links?: Readonly<Record<string, LinkDeclaration>>
  readonly events: Events
  /** Ways of writing that the rules tell apart; the first is the default. The line is the same in all of them. */
  readonly profiles?: readonly [string, ...string[]]
  /** The link of an event whose draft names none. The data fits its model. */
  readonly linkOf?: (type: string, data: ObjectNode) => string | null
  /**
   * What must hold of one event alone, beyond its model; asked of drafts and of stored lines, whose data may not fit its
   * model. Pointers are into the line. A breach of severity E refuses the draft.
   */
  readonly judge?: (event: EventFacts) => readonly Breach[]
  /** The invariants over the events of one ledger, opened anew for each. */
  readonly rules?: (options: { readonly ledger: string; readonly profile: string }) => RecordRules
}

/** What can be judged of an event before it is sealed. */
export type EventFacts = Pick<RecordView, 'type' | 'version' | 'link' | 'data'>
