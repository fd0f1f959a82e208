// What can be said about one difference between two schemas: the words of the rule table (schema-packages §6).
import type { Meaning } from '@ledgerd/schema'
import type { FrozenVersion } from '../frozen/freeze-schema.ts'
import type { FrozenNode, ObjectNode } from '../frozen/frozen-node.ts'

/** What a difference means for one reader of the other's documents. `dangerous`: it fits and says something else. */
export type Effect = 'ok' | 'warn' | 'break' | 'unknown' | 'dangerous'

/** The least step of the package's version. `forbidden` and `family`: no version makes it right. */
export type Bump = 'none' | 'patch' | 'minor' | 'major' | 'family' | 'forbidden'

export type RuleName =
  | 'EVENT_TYPE_ADDED'
  | 'EVENT_TYPE_REMOVED'
  | 'EVENT_TYPE_RENAMED'
  | 'FIELD_ADDED_OPTIONAL'
  | 'FIELD_ADDED_REQUIRED'
  | 'FIELD_REMOVED_OPTIONAL'
  | 'FIELD_REMOVED_REQUIRED'
  | 'FIELD_OPTIONAL_TO_REQUIRED'
  | 'FIELD_REQUIRED_TO_OPTIONAL'
  | 'TYPE_WIDENED'
  | 'TYPE_NARROWED'
  | 'CONSTRAINT_LOOSENED'
  | 'CONSTRAINT_TIGHTENED'
  | 'ENUM_VALUE_ADDED'
  | 'ENUM_VALUE_REMOVED'
  | 'NULLABILITY_CHANGED'
  | 'OPEN_TO_STRICT'
  | 'META_CHANGED'
  | 'PII_LOWERED'
  | 'PII_RAISED'
  | 'LINE_CHANGED'
  | 'FROZEN_VERSION_CHANGED'
  | 'UPCASTER_CHANGED'
  | 'UPCASTER_MISSING'
  | 'UPCASTER_PARTIAL'
  | 'VALIDATOR_VERSION_CHANGED'
  | 'CODE_IN_SCHEMA'
  | 'UNPROVEN'

/** One hit of one rule. */
export interface Change {
  readonly rule: RuleName
  /** From the root of the schema: `/events/door.opened/by`, `/line/identity`, `/links/turn`. */
  readonly pointer: string
  readonly old: unknown
  readonly new: unknown
  /** For the new package that reads old documents. */
  readonly backward: Effect
  /** For an old reader of new documents. */
  readonly forward: Effect
  readonly bump: Bump
  readonly message: string
}

/** A change before its rule has put its name and bump to it. */
export type Hit = Omit<Change, 'rule' | 'bump' | 'pointer'> & { readonly pointer?: string; readonly bump?: Bump }

/** One member name that at least one of two aligned objects has. */
export interface MemberPair {
  readonly pointer: string
  readonly name: string
  readonly oldObject: ObjectNode
  readonly newObject: ObjectNode
  readonly old: FrozenNode | undefined
  readonly new: FrozenNode | undefined
}

/** Two nodes that stand for the same place. */
export interface NodePair {
  readonly pointer: string
  readonly old: FrozenNode
  readonly new: FrozenNode
}

/** The versions of one type on both sides. */
export interface TypePair {
  readonly pointer: string
  readonly type: string
  readonly old: readonly FrozenVersion[] | undefined
  readonly new: readonly FrozenVersion[] | undefined
  /** Types of the other side with the same newest form, if this type is on one side only. */
  readonly twin: string | undefined
}

export interface MeaningPair {
  readonly pointer: string
  readonly old: Meaning
  readonly new: Meaning
}
