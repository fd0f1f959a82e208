export { readBuildState } from './read-build-state.ts'
export { updateOrderingLedger, writeOrderingLedger } from './write-ordering-ledger.ts'
export type { WriteOptions, Written } from './write-ordering-ledger.ts'
