// The rule table (schema-packages §6) as data: one function for each rule. Nothing is found by trial, and no rule stands
// anywhere else.
import type { Bump, MeaningPair, MemberPair, NodePair, RuleName, TypePair, Hit } from '../change.ts'
import type { FrozenSchema } from '../../frozen/freeze-schema.ts'
import {
  eventTypeAdded,
  eventTypeRemoved,
  eventTypeRenamed,
  frozenVersionChanged,
  lineChanged,
  linksChanged,
  validatorVersionChanged,
} from './event-rules.ts'
import { metaChanged, piiLowered, piiRaised } from './meaning-rules.ts'
import {
  fieldAddedOptional,
  fieldAddedRequired,
  fieldOptionalToRequired,
  fieldRemovedOptional,
  fieldRemovedRequired,
  fieldRequiredToOptional,
} from './member-rules.ts'
import {
  codeInSchema,
  constraintLoosened,
  constraintTightened,
  enumValueAdded,
  enumValueRemoved,
  nullabilityChanged,
  openToStrict,
  typeNarrowed,
  typeWidened,
} from './node-rules.ts'

export interface RuleFacts {
  readonly bump: Bump
  /** True if an upcaster that gives valid results settles a break. */
  readonly isSettledByUpcast: boolean
  /** What to do about it. */
  readonly fix: string
}

type Found = Hit | undefined | readonly Hit[]

interface Rule<Pair> {
  readonly rule: RuleName
  readonly find: (pair: Pair) => Found
}

interface SchemaRule {
  readonly rule: RuleName
  readonly find: (old: FrozenSchema, next: FrozenSchema) => Found
}

export const memberRules: readonly Rule<MemberPair>[] = [
  { rule: 'FIELD_ADDED_OPTIONAL', find: fieldAddedOptional },
  { rule: 'FIELD_ADDED_REQUIRED', find: fieldAddedRequired },
  { rule: 'FIELD_REMOVED_OPTIONAL', find: fieldRemovedOptional },
  { rule: 'FIELD_REMOVED_REQUIRED', find: fieldRemovedRequired },
  { rule: 'FIELD_OPTIONAL_TO_REQUIRED', find: fieldOptionalToRequired },
  { rule: 'FIELD_REQUIRED_TO_OPTIONAL', find: fieldRequiredToOptional },
]

export const nodeRules: readonly Rule<NodePair>[] = [
  { rule: 'NULLABILITY_CHANGED', find: nullabilityChanged },
  { rule: 'ENUM_VALUE_ADDED', find: enumValueAdded },
  { rule: 'ENUM_VALUE_REMOVED', find: enumValueRemoved },
  { rule: 'TYPE_NARROWED', find: typeNarrowed },
  { rule: 'TYPE_WIDENED', find: typeWidened },
  { rule: 'CONSTRAINT_TIGHTENED', find: constraintTightened },
  { rule: 'CONSTRAINT_LOOSENED', find: constraintLoosened },
  { rule: 'OPEN_TO_STRICT', find: openToStrict },
  { rule: 'CODE_IN_SCHEMA', find: codeInSchema },
]

export const meaningRules: readonly Rule<MeaningPair>[] = [
  { rule: 'META_CHANGED', find: metaChanged },
  { rule: 'PII_LOWERED', find: piiLowered },
  { rule: 'PII_RAISED', find: piiRaised },
]

export const typeRules: readonly Rule<TypePair>[] = [
  { rule: 'EVENT_TYPE_ADDED', find: eventTypeAdded },
  { rule: 'EVENT_TYPE_REMOVED', find: eventTypeRemoved },
  { rule: 'EVENT_TYPE_RENAMED', find: eventTypeRenamed },
  { rule: 'FROZEN_VERSION_CHANGED', find: frozenVersionChanged },
]

export const schemaRules: readonly SchemaRule[] = [
  { rule: 'LINE_CHANGED', find: lineChanged },
  { rule: 'META_CHANGED', find: linksChanged },
  { rule: 'VALIDATOR_VERSION_CHANGED', find: validatorVersionChanged },
]

const upcast = 'write an upcaster that fills or maps it'
const nextVersion = 'leave the published version as it was and add the next one with an upcaster'

export const ruleFacts: Readonly<Record<RuleName, RuleFacts>> = {
  EVENT_TYPE_ADDED: facts('minor', 'nothing to do'),
  EVENT_TYPE_REMOVED: facts('major', 'keep the type; stop writing it instead'),
  EVENT_TYPE_RENAMED: facts('major', 'keep the old name and write under the new one'),
  FIELD_ADDED_OPTIONAL: facts('minor', 'run --replay over your ledgers, or let the upcaster set it', true),
  FIELD_ADDED_REQUIRED: facts('major', `make it optional, or ${upcast}`, true),
  FIELD_REMOVED_OPTIONAL: facts('minor', 'leave the object open'),
  FIELD_REMOVED_REQUIRED: facts('major', 'leave the object open'),
  FIELD_OPTIONAL_TO_REQUIRED: facts('major', `leave it optional, or ${upcast}`, true),
  FIELD_REQUIRED_TO_OPTIONAL: facts('major', 'nothing to do for stored lines; upgrade readers first'),
  TYPE_WIDENED: facts('major', 'nothing to do for stored lines; upgrade readers first'),
  TYPE_NARROWED: facts('major', `keep the wider type, or ${upcast}`, true),
  CONSTRAINT_LOOSENED: facts('major', 'nothing to do for stored lines; upgrade readers first'),
  CONSTRAINT_TIGHTENED: facts('major', `keep the old limits, or ${upcast}`, true),
  ENUM_VALUE_ADDED: facts('minor', 'tell readers that switch over every value'),
  ENUM_VALUE_REMOVED: facts('major', `keep the value, or ${upcast}`, true),
  NULLABILITY_CHANGED: facts('major', 'keep null allowed; upgrade readers before writers'),
  OPEN_TO_STRICT: facts('major', 'leave the object open, or show with --replay that no stored line has more'),
  META_CHANGED: facts('major', 'give the new meaning a field of its own'),
  PII_LOWERED: facts('major', 'keep the mark'),
  PII_RAISED: facts('minor', 'nothing to do'),
  LINE_CHANGED: facts('family', 'make it a new family with a new package name'),
  FROZEN_VERSION_CHANGED: facts('forbidden', nextVersion),
  UPCASTER_CHANGED: facts('forbidden', 'restore the step; add another version if history must be read otherwise'),
  UPCASTER_MISSING: facts('none', 'write the upcaster of that step'),
  UPCASTER_PARTIAL: facts('none', 'let the step accept every document of its version and return a valid one'),
  VALIDATOR_VERSION_CHANGED: facts('patch', 'run the fixtures and --replay again'),
  CODE_IN_SCHEMA: facts('none', 'say it with field types, or put the rule beside the model'),
  UNPROVEN: facts('none', 'run --replay over your ledgers'),
}

function facts(bump: Bump, fix: string, isSettledByUpcast: boolean = false): RuleFacts {
  return { bump, fix, isSettledByUpcast }
}
