// `ledgerd export`: reads a ledger from file or daemon and hands it to the form that was asked for. Never writes into a
// ledger.
import { type BuiltInFamily, loadBuiltIn } from '../schemas/built-in.ts'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import { linesOfFamily } from './lines-of-family.ts'
import type { OutputFlags } from './output-flags.ts'

export interface ExportFlags extends OutputFlags {
  readonly family: Extract<BuiltInFamily, 'build-order' | 'workflow-records'>
  readonly data?: string
  readonly url?: string
  readonly into?: string
  readonly to?: string
  readonly legacyReport?: string
  readonly mode: string
  readonly stage?: string
  readonly strict?: boolean
}

/** Exports one ledger. Throws CliError and LedgerError. */
export async function runExport(name: string, flags: ExportFlags, io: Io): Promise<number> {
  const schema = await loadBuiltIn(flags.family)
  const options = { command: 'export', wanted: schema, family: flags.family, otherFamilyExitCode: exitCodes.no }
  const lines = await linesOfFamily(name, flags, options, io)
  if (flags.family === 'build-order')
    return await (await import('./export-build-state.ts')).exportBuildState(lines, flags, io)
  return await (await import('./export-records.ts')).exportRecords(lines, flags, io)
}
