// A flood of appends to other ledgers, in frames as large as the SDK makes them: as fast as the daemon takes them, or at a
// rate of bytes.
import { connect } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'
import type { Stop, Visitor, VisitorOptions } from './visitor.ts'

const ledgers = 8
const batch = 256
/** Of a line on disk. */
const lineBytes = 550

/** As fast as it is taken. */
export const appendsAtFullSpeed: Visitor = { name: 'appends', start: (options) => flood(options, undefined) }
/** 10 MB/s: what a token is given by `--drafts-per-second 18000`. */
export const appendsAtRate: Visitor = { name: 'appends-at-rate', start: (options) => flood(options, 10e6) }

async function flood({ url, nextEvent }: VisitorOptions, bytesPerSecond: number | undefined): Promise<Stop> {
  let isOver = false
  let count = 0
  const began = performance.now()
  /** Waits until so many bytes may have been sent. */
  const pace = async (): Promise<void> => {
    if (bytesPerSecond === undefined) return
    const dueMs = began + (count * lineBytes * 1000) / bytesPerSecond
    const waitMs = dueMs - performance.now()
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
  const events = Array.from({ length: batch }, nextEvent)
  const run = async (n: number): Promise<void> => {
    // Settings that differ keep them from sharing a connection.
    const options = { url, ledger: `worlds/flood-${n}`, schema: worldEvents, connectTimeoutMs: 6000 + n }
    await using handle = connect({ ...options, deadlineMs: 120_000 })
    while (!isOver) {
      await handle.appendAll(events)
      count += batch
      await pace()
    }
  }
  const runs = Promise.all(Array.from({ length: ledgers }, (_, n) => run(n)))
  return async () => {
    isOver = true
    await runs
    return count
  }
}
