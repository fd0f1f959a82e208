// Stored lines through the new version of a schema package, the tree's root taken from the same bytes.
import { leafHash, TreeEdge } from '@ledgerd/proof'
import type { LedgerSchema } from '@ledgerd/schema'
import { type ReplayEvidence, ReplayRun, type RootHasher, type SchemaLock } from '@ledgerd/schema-tools'
import type { DaemonFlags } from './daemon-address.ts'
import type { Io } from './io.ts'
import { scanLedger } from './schema-scan.ts'

export interface ReplayPlan {
  readonly schema: LedgerSchema
  readonly old: SchemaLock
  readonly flags: DaemonFlags & { readonly quiet?: boolean }
  readonly io: Io
}

/** The evidence of one ledger; undefined if it was interrupted, for then nothing may be claimed. */
export async function replayLedger(name: string, plan: ReplayPlan): Promise<ReplayEvidence | undefined> {
  const { schema, old, flags, io } = plan
  const run = new ReplayRun(schema, old.schema, treeHasher())
  const scanned = await scanLedger(name, { flags, io, verb: 'replaying' }, (line, offset) => run.take(line, offset))
  return scanned === undefined ? undefined : run.finish(name, scanned.bytes)
}

function treeHasher(): RootHasher {
  const tree = new TreeEdge()
  return {
    append: (line) => tree.append(leafHash(line)),
    root: () => `sha256:${Buffer.from(tree.root()).toString('hex')}`,
  }
}
