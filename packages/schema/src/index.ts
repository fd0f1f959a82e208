export { applyNumberPlan } from './apply-plan.ts'
export { ArtifactLookup } from './artifact/artifact-lookup.ts'
export type { ArtifactCounts } from './artifact/artifact-lookup.ts'
export type { ArtifactReference } from './artifact/artifact-reference.ts'
export type { ContentStore } from './artifact/content-store.ts'
export { compileCanonicalShape } from './canonical-shape.ts'
export type { CanonicalShape } from './canonical-shape.ts'
export { hasText, locateMembers, skipScalar, skipString, skipValue } from './canonical-walk.ts'
export type {
  AdmissionRules,
  AdmittedDraft,
  CheckOptions,
  DecodedEvent,
  Draft,
  LedgerSchema,
  LineChecker,
  LineDeclarations,
  LineVerdict,
  LineWriter,
  LinkDeclaration,
  Place,
  ProfileVerdict,
  RuleTurn,
  Stamp,
  WriterOptions,
} from './contract.ts'
export { dataVersionKey, dataVersionOf, dataVersionOfValue, dataVersionPointer } from './data-version.ts'
export { declaredSubjects } from './declared-subjects.ts'
export type { SubjectReference } from './declared-subjects.ts'
export { defineSchema } from './define/define-schema.ts'
export type { EventFacts, SchemaDefinition } from './define/schema-definition.ts'
export { errorCodes, formatError, invariant, LedgerError, parseError, withIndex } from './errors.ts'
export type { CodeFacts, ErrorCode, ErrorDocument, LedgerErrorOptions, Outcome } from './errors.ts'
export { event } from './event.ts'
export type { DataIn, DataOut, EventBuilder, EventDefinition, EventMap, EventVersion, TypeName } from './event.ts'
export { decimal, field, fieldTypeOf, float, hash, instant, int, meaningOf, text } from './field.ts'
export type { FieldType, HashAlgo, Meaning } from './field.ts'
export type { Finding, Severity } from './finding.ts'
export { isHex, isHexString } from './hex.ts'
export { IdentitySet } from './identity-set.ts'
export { instantFault, instantMs, isInstant } from './instant.ts'
export { isHexIdentity, keyIdentity } from './key-identity.ts'
export { assertEventModel, lintModel } from './model-lint.ts'
export type { LintProblem } from './model-lint.ts'
export { compileNumberPlan } from './number-plan.ts'
export { integerNode, literalNode, objectNode, textNode } from './record/build-node.ts'
export { breachAt } from './record/draft-place.ts'
export { lineBytesMax, lineTooLong, memberInvalid, placeRefused, unknownMember } from './record/draft-refusals.ts'
export { draftDepthMax, formatDraft } from './record/draft-text.ts'
export { parseDraft } from './record/draft-tree.ts'
export { FindingList } from './record/finding-list.ts'
export type { FindingFacts } from './record/finding-list.ts'
export { nameOfKind, readRecord, withoutCarriageReturn } from './record/line-form.ts'
export { memberNode, plainValue } from './record/member-node.ts'
export type {
  Breach,
  PlacedBreach,
  RecordDraft,
  RecordFormat,
  RecordRules,
  RecordView,
} from './record/record-format.ts'
export { recordSchema } from './record/record-schema.ts'
export { schemaInvalid, schemaIssues } from './schema-issues.ts'
export type { SchemaIssue } from './schema-issues.ts'
export { upcastEvent } from './upcast.ts'
