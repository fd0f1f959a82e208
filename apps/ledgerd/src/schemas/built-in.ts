// The five families that every daemon and every command line has. Each is loaded when it is first asked for.
import type { LedgerSchema } from '@ledgerd/schema'

export type BuiltInFamily = 'world-events' | 'kernel-runs' | 'audio-jobs' | 'build-order' | 'workflow-records'

const loaders: Readonly<Record<BuiltInFamily, () => Promise<LedgerSchema>>> = {
  'world-events': async () => (await import('@ledgerd/schema-world-events')).worldEvents,
  'kernel-runs': async () => (await import('@ledgerd/schema-kernel-runs')).kernelRuns,
  'audio-jobs': async () => (await import('@ledgerd/schema-audio-jobs')).audioJobs,
  'build-order': async () => (await import('@ledgerd/schema-build-order')).buildOrder,
  'workflow-records': async () => (await import('@ledgerd/schema-workflow-records')).workflowRecords,
}

export const builtInFamilies: readonly BuiltInFamily[] = Object.keys(loaders) as BuiltInFamily[]

const packagePrefix = '@ledgerd/schema-'

/** The family that a name stands for: its own, or that of its package; undefined for every other name. */
export function builtInFamilyOf(name: string): BuiltInFamily | undefined {
  const family = name.startsWith(packagePrefix) ? name.slice(packagePrefix.length) : name
  return builtInFamilies.find((known) => known === family)
}

/** The npm name of a family's package, which is the name of its schema too. */
export function builtInPackage(family: BuiltInFamily): string {
  return `${packagePrefix}${family}`
}

/** Loads one family. */
export async function loadBuiltIn(family: BuiltInFamily): Promise<LedgerSchema> {
  return await loaders[family]()
}
