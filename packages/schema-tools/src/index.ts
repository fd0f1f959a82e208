// @ledgerd/schema-tools: freezes, compares, replays and documents ledger schema packages. Loaded by the daemon for the
// frozen form alone; everything that compares or generates is loaded when it is asked for.
export { checkCompatibility } from './compat/check-compatibility.ts'
export { exitCodeOfReport } from './compat/report.ts'
export { digestOf, freezeSchema } from './frozen/freeze-schema.ts'
export { formatFrozen, parseFrozen } from './frozen/frozen-text.ts'
export { jsonSchemaOf } from './frozen/json-schema.ts'
export { validateFrozen } from './frozen/validate-frozen.ts'
export { formatLock, lockFileName, lockSchema, parseLock } from './lock/lock-file.ts'
export { formatReportText } from './report/format-text.ts'

export type { CompatibilityOptions } from './compat/check-compatibility.ts'
export type { CompatibilityFinding, CompatibilityMode, CompatibilityReport, Verdict } from './compat/report.ts'
export type { Suppression } from './compat/suppression.ts'
export type { Digest, FrozenContent, FrozenSchema, FrozenVersion, Validator } from './frozen/freeze-schema.ts'
export type { FrozenNode } from './frozen/frozen-node.ts'
export type { FrozenState, FrozenVerdict } from './frozen/validate-frozen.ts'
export type { SchemaLock } from './lock/lock-file.ts'
export type { SchemaSide } from './search/reading.ts'
