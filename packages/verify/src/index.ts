// @ledgerd/verify: the independent checker. Reads bytes, trusts nothing, writes nothing.
export { parseHead } from './head-record.ts'
export { includesLevel, levelMeanings, levelOf, levels } from './level.ts'
export { leavesOfIndex, parseAdoption, parseIndexSeal } from './sidecar.ts'
export { verifyLedger } from './verify-ledger.ts'
export { verifyTail } from './verify-tail.ts'

export type { HeadRecord } from './head-record.ts'
export type { Level, LevelMeaning } from './level.ts'
export type { Evidence, FindingCounts, LevelResult, LevelState, VerifyReport } from './report.ts'
export type { Adoption, Checkpoint, Sidecar, StoredLeaves } from './sidecar.ts'
export type { VerifyOptions, VerifyProgress } from './verify-ledger.ts'
export type { VerifyTailOptions } from './verify-tail.ts'
