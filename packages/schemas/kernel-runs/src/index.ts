// @ledgerd/schema-kernel-runs: one entry per kernel run, ordered and hashed.
export { canonicalize, UnsupportedValue } from './canonicalize.ts'
export { contentHash, isValidContentHash } from './content-hash.ts'
export { canonicalHash, computeEntryHash, computeLedgerHash, serializeLedgerEntry } from './entry-hashes.ts'
export { kernelRuns } from './kernel-runs.ts'
export { LedgerHasher } from './ledger-hasher.ts'
export { legacyPrediction } from './legacy-prediction.ts'
export { ruleNames } from './rule-names.ts'

export type { ContentHash } from './content-hash.ts'
export type { ExecutionMode, ModeVocabulary } from './execution-mode.ts'
export type { KernelResultKind, LedgerEntry, PolicyProfileName } from './ledger-entry.ts'
