// Stored lines through the new version of a schema package: bare files, or ledgers of a daemon. One pass, flat memory,
// the tree's root taken from the same bytes.
import { isBlank, LineSplitter } from '@ledgerd/canonical'
import { leafHash, TreeEdge } from '@ledgerd/proof'
import type { LedgerSchema } from '@ledgerd/schema'
import { type ReplayEvidence, ReplayRun, type RootHasher, type SchemaLock } from '@ledgerd/schema-tools'
import { CliError } from './cli-error.ts'
import type { DaemonFlags } from './daemon-address.ts'
import { exitCodes } from './exit-code.ts'
import { fileChunks, openFile } from './file-bytes.ts'
import type { Io } from './io.ts'
import { Progress } from './progress.ts'
import { parseTarget } from './target.ts'

export interface ReplayPlan {
  readonly schema: LedgerSchema
  readonly old: SchemaLock
  readonly flags: DaemonFlags & { readonly quiet?: boolean }
  readonly io: Io
}

/** The evidence of one ledger; undefined if it was interrupted, for then nothing may be claimed. */
export async function replayLedger(name: string, plan: ReplayPlan): Promise<ReplayEvidence | undefined> {
  const { flags, io } = plan
  const target = parseTarget(name, {})
  if (target.kind === 'file') {
    const file = await openFile(target.path)
    try {
      const { size } = await file.stat()
      return await replayChunks(name, fileChunks(target.path, file, 0, size), size, plan)
    } finally {
      await file.close()
    }
  }
  if (target.kind !== 'ledger')
    throw new CliError(exitCodes.usage, `--replay takes files and ledgers, not ${name}`, 'name them one by one')
  const { openDaemonLedger } = await import('./daemon-ledger.ts')
  await using ledger = openDaemonLedger(name, flags, io)
  const { chunks, checkpoint } = await ledger.everything()
  return await replayChunks(name, chunks, checkpoint.bytes, plan)
}

async function replayChunks(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  size: number,
  { schema, old, flags, io }: ReplayPlan,
): Promise<ReplayEvidence | undefined> {
  const run = new ReplayRun(schema, old.schema, treeHasher())
  const splitter = new LineSplitter()
  const progress = new Progress({ io, isQuiet: flags.quiet === true, isJson: false, target: name, totalBytes: size })
  let bytes = 0
  io.say(`ledgerd: replaying ${name}, ${size} bytes\n`)
  try {
    for await (const chunk of chunks) {
      if (io.interrupted.aborted) return undefined
      for (const line of splitter.push(chunk)) {
        if (!isBlank(line.bytes) || line.isTooLong) run.take(line.bytes, line.offset)
        bytes = line.offset + line.bytes.length + 1
      }
      progress.update({ bytes, lines: run.lines })
    }
  } finally {
    progress.end()
  }
  if (io.interrupted.aborted) return undefined
  const torn = splitter.end()
  if (torn !== undefined)
    io.say(`ledgerd: ${name}: the last ${torn.bytes.length} bytes have no line feed and are left out\n`)
  return run.finish(name, bytes)
}

function treeHasher(): RootHasher {
  const tree = new TreeEdge()
  return {
    append: (line) => tree.append(leafHash(line)),
    root: () => Buffer.from(tree.root()).toString('hex'),
  }
}
