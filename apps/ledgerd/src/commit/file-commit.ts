// The commit of architecture rule 4 on plain files: check, one write, check, fdatasync, head record; only then does a
// CommittedRun exist. The head record is the second sync, unless that is of the same file again: then the record trails. No
// step is tried twice after a failure. The port takes the groups of many ledgers, so that a shared journal can take this
// file's place.
import { sha256Hex } from '@ledgerd/canonical'
import type { HeadFile } from '../storage/head-file.ts'
import type { HeadRecord } from '../storage/head-record.ts'
import type { LedgerFile } from '../storage/ledger-file.ts'
import { type CommittedRun, markCommitted } from './committed-run.ts'

/** Where a group goes. */
export interface CommitTarget {
  readonly file: LedgerFile
  readonly head: HeadFile
}

/** The sealed lines of one ledger that are written and synced together. */
export interface SealedGroup {
  readonly target: CommitTarget
  readonly ledger: string
  readonly from: number
  readonly count: number
  readonly bytes: Uint8Array
  /** Tree root behind this group, hex. */
  readonly root: string
}

export interface CommitPort {
  /** Commits one group per ledger; each settles on its own. Rejects with StopSignal. */
  commit(groups: readonly SealedGroup[]): readonly Promise<CommittedRun>[]
}

export interface FileCommitOptions {
  /** A lone group up to this size is synced on the event loop: the thread pool's hand-over costs more than it frees. */
  readonly inlineBytesMax: number
}

/** The commit port on plain JSONL files. */
export function fileCommit(options: FileCommitOptions): CommitPort {
  let inFlight = 0
  const commitAsync = async (group: SealedGroup): Promise<CommittedRun> => {
    inFlight++
    try {
      return await commitInPool(group)
    } finally {
      inFlight--
    }
  }
  return {
    commit: (groups) => {
      const [only] = groups
      const isLone = groups.length === 1 && inFlight === 0
      if (only !== undefined && isLone && only.bytes.length <= options.inlineBytesMax) return [commitInline(only)]
      return groups.map(commitAsync)
    },
  }
}

async function commitInline(group: SealedGroup): Promise<CommittedRun> {
  const { file, head } = group.target
  file.assertUntouched()
  head.assertOwned()
  file.append(group.bytes)
  file.assertGrown(group.bytes.length)
  file.sync()
  if (head.secondSync === 'same') file.sync()
  head.write(nextHead(group))
  return markCommitted(group)
}

async function commitInPool(group: SealedGroup): Promise<CommittedRun> {
  const { file, head } = group.target
  file.assertUntouched()
  head.assertOwned()
  await file.appendInPool(group.bytes)
  file.assertGrown(group.bytes.length)
  await file.syncInPool()
  if (head.secondSync === 'same') await file.syncInPool()
  await head.writeInPool(nextHead(group))
  return markCommitted(group)
}

function nextHead(group: SealedGroup): HeadRecord {
  const { record: last, nextN } = group.target.head
  return {
    ...last,
    n: nextN,
    count: group.from + group.count,
    bytes: last.bytes + group.bytes.length,
    root: group.root,
    groupStart: last.bytes,
    groupHash: sha256Hex(group.bytes),
  }
}
