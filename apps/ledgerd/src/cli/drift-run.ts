// `ledgerd drift`: loads two builds, compares their orderings, and says where they first part. What cannot be loaded is
// never taken for the same, nor for a difference.
import type { BuildComparison } from '@ledgerd/schema-build-order'
import { compareBuilds } from '@ledgerd/schema-build-order'
import { loadBuild } from './drift-build.ts'
import { type DriftReport, driftReport, formatDrift } from './drift-text.ts'
import { exitCodes } from './exit-code.ts'
import type { Io } from './io.ts'
import { outputForm, type OutputFlags } from './output-flags.ts'

export interface DriftFlags extends OutputFlags {
  readonly data?: string
  readonly url?: string
  readonly strict?: boolean
}

/** Compares two builds. Throws CliError and LedgerError for one that cannot be loaded. */
export async function runDrift(beforeName: string, afterName: string, flags: DriftFlags, io: Io): Promise<number> {
  const before = await loadBuild(beforeName, flags, io)
  const after = await loadBuild(afterName, flags, io)
  const comparison = compareBuilds(before, after)
  const isStrict = flags.strict === true
  const isSame = isStrict ? comparison.isSame : isSameOrdering(comparison)
  const report: DriftReport = driftReport({ before: beforeName, after: afterName, isStrict, isSame, comparison })
  const isJson = outputForm(flags) === 'json'
  await io.write(isJson ? `${JSON.stringify(report)}\n` : formatDrift(report, comparison))
  return isSame ? exitCodes.yes : exitCodes.no
}

/** Rules and modes are attribution, and seeds explain; neither is an ordering (formats §4.1). */
function isSameOrdering({ artifacts }: BuildComparison): boolean {
  return artifacts.every(({ kind }) => kind === 'relabelled')
}
