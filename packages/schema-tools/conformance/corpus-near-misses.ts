// For each rule about payloads the pair of the corpus that comes nearest to it without being one: a change of the same
// aspect that goes the other way, or says the same in other words.
import type { RuleName } from '../src/compat/change.ts'

export const nearMisses: Readonly<Partial<Record<RuleName, string>>> = {
  FIELD_ADDED_OPTIONAL: 'a required member that the step fills',
  FIELD_ADDED_REQUIRED: 'an optional member that the step sets',
  FIELD_REMOVED_OPTIONAL: 'a required member gone',
  FIELD_REMOVED_REQUIRED: 'an optional member gone from a strict object',
  FIELD_OPTIONAL_TO_REQUIRED: 'required to optional',
  FIELD_REQUIRED_TO_OPTIONAL: 'optional to required',
  NULLABILITY_CHANGED: 'nullable written as a union',
  ENUM_VALUE_ADDED: 'literals written as an enumeration',
  ENUM_VALUE_REMOVED: 'a value added',
  TYPE_NARROWED: 'a zod string written as text',
  TYPE_WIDENED: 'a float written as a number',
  CONSTRAINT_TIGHTENED: 'a limit written twice',
  CONSTRAINT_LOOSENED: 'a lower limit',
  OPEN_TO_STRICT: 'strict to open',
  CODE_IN_SCHEMA: 'a pattern added',
  META_CHANGED: 'the default of absent spelled out',
  PII_LOWERED: 'a mark of personal data raised',
  PII_RAISED: 'a mark of personal data gone',
}
