// The commit port with its figures taken: how many groups, lines and bytes, and how long a commit takes.
import type { CommitPort } from '../commit/file-commit.ts'
import type { Metrics } from './metrics.ts'

/** `nowMs` is monotonic. Failures are counted by whoever stops the ledger. */
export function measuredCommit(port: CommitPort, metrics: Metrics, nowMs: () => number): CommitPort {
  return {
    commit: (groups) => {
      const startMs = nowMs()
      return port.commit(groups).map((done) =>
        done.then((run) => {
          metrics.count('groups_committed')
          metrics.count('lines_committed', run.count)
          metrics.count('bytes_committed', run.bytes.length)
          metrics.observe('group_lines', run.count)
          metrics.observe('commit_seconds', (nowMs() - startMs) / 1000)
          return run
        }),
      )
    },
  }
}
