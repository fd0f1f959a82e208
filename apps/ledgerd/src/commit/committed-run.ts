// A contiguous run of committed lines. Made here alone: by the commit path after its sync, and by
// the line reader from below the committed end. A plain LineRun cannot be published: that does not compile.
import type { LineRun } from '../engine/line-run.ts'

declare const committed: unique symbol

/** Whole lines, byte for byte, each ended by LF, that a crash cannot take back. */
export interface CommittedRun extends LineRun {
  readonly [committed]: true
}

/** Called by the commit path, after the sync of these bytes. */
export function markCommitted(run: LineRun): CommittedRun {
  return run as CommittedRun
}

/** Called by the line reader, for bytes read from below the committed end. */
export function markRead(run: LineRun): CommittedRun {
  return run as CommittedRun
}
