export type {
  AdmittedDraft,
  CheckOptions,
  DecodedEvent,
  Draft,
  LedgerSchema,
  LineChecker,
  LineVerdict,
  LineWriter,
  Place,
  ProfileVerdict,
  Stamp,
  WriterOptions,
} from './contract.ts'
export { errorCodes, formatError, invariant, LedgerError, parseError } from './errors.ts'
export type { CodeFacts, ErrorCode, ErrorDocument, LedgerErrorOptions, Outcome } from './errors.ts'
export { event } from './event.ts'
export type { DataIn, DataOut, EventDefinition, EventMap, TypeName } from './event.ts'
export type { Finding, Severity } from './finding.ts'
