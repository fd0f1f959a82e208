// What a team says of its own schema (schema-packages §2).
import type { LineDeclarations, LinkDeclaration } from '../contract.ts'
import type { EventMap } from '../event.ts'
import type { RecordRules } from '../record/record-format.ts'

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
  /** The invariants over the events of one ledger, opened anew for each. */
  readonly rules?: (options: { readonly ledger: string; readonly profile: string }) => RecordRules
}
