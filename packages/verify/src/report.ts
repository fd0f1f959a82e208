// The document a verification ends in. A pure function of the bytes that were looked at: no time, no path that was not
// given, so that the same bytes give the same JSON on every platform.
import type { Finding } from '@ledgerd/schema'
import type { Level } from './level.ts'

export type LevelState = 'ok' | 'failed' | 'not-checked'

export interface LevelResult {
  readonly state: LevelState
  /** What was covered, what failed, or why it was not checked. One clause. */
  readonly detail: string
}

/** A size and root that someone recorded earlier, and what the file has at that size. */
export interface Evidence {
  readonly name: 'head-record' | 'adoption' | 'daemon'
  readonly lines: number
  readonly bytes: number
  /** `sha256:<hex>`. */
  readonly root: string
  readonly matches: boolean
}

export interface FindingCounts {
  readonly E: number
  readonly W: number
  readonly I: number
}

export interface VerifyReport {
  readonly kind: 'verify-report'
  readonly v: 1
  readonly target: string
  readonly ledger: string
  readonly schema: string
  /** The level asked for. */
  readonly level: Level
  readonly isStrict: boolean
  /** `empty`: no bytes, or only blank lines. `corrupt`: an error that adoption does not explain. */
  readonly status: 'ok' | 'empty' | 'corrupt'
  /** `partial`: the run was stopped, or did not begin at the first line. `tail`: only the last line was read. */
  readonly coverage: 'full' | 'partial' | 'tail'
  /** The first line looked at, from 1; only in reports of runs that began later. */
  readonly fromLine?: number
  /** Physical lines checked, blank ones included; null when only the tail was read. */
  readonly lines: number | null
  /** Bytes checked. */
  readonly bytes: number
  /** `sha256:<hex>` over the checked lines; null when not computed. */
  readonly root: string | null
  /** The last identity when status is `ok`, otherwise null (formats §2.4). */
  readonly lastEventId: string | null
  readonly levels: Readonly<Record<Level, LevelResult>>
  /** Lines per checksum variant. */
  readonly variants: Readonly<Record<string, number>>
  readonly evidence: readonly Evidence[]
  /** Lines 1 to this one carry no error and agree with the evidence. Null when they were not all read. */
  readonly trustworthyLines: number | null
  /** Bytes behind the committed end, or still being written; not checked. */
  readonly uncheckedBytes: number
  readonly findings: readonly Finding[]
  /** Findings the file already had when it was adopted. They fail nothing. */
  readonly history: readonly Finding[]
  /** All findings, also those beyond the limit on how many are listed. */
  readonly counts: FindingCounts
  readonly historyCounts: FindingCounts
}
