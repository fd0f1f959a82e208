// The seams of the daemon. The engine knows the outside only through these shapes; transport and subscribers know the
// engine only through these. No I/O here.
import type { LedgerError } from '@ledgerd/schema'
import type { CommittedRun } from '../commit/committed-run.ts'
import type { AppendRun } from './append-run.ts'

/** How a ledger stands. `opening`: recovery or the identity scan runs; reads go, appends wait. */
export type LedgerState = 'opening' | 'open' | 'stopped' | 'closed'

/** Since when a ledger is stopped, what was seen, and what to do about it. */
export interface StopFacts {
  /** RFC 3339. */
  readonly since: string
  readonly message: string
  readonly remedy: string
}

export interface LedgerStat {
  readonly ledger: string
  /** Committed lines. */
  readonly size: number
  /** Committed bytes. */
  readonly bytes: number
  /** RFC 6962 root over the committed lines, `sha256:<hex>`; undefined while opening. */
  readonly root: string | undefined
  readonly epoch: number
  readonly state: LedgerState
  /** Why it is stopped, kebab-case. */
  readonly reason: string | undefined
  /** The rest of what an operator wants to know of a stop; absent while the ledger is well. */
  readonly stop?: StopFacts
  readonly schema: string
  /** The version in force and the digest of its frozen form, as far as they are on record. */
  readonly schemaVersion?: string
  readonly schemaDigest?: string
  readonly profile: string
}

export interface AppendRequest {
  readonly ledger: string
  /** The drafts, each ended by LF (PROTOCOL.md §4). The engine owns these bytes until the result settles. */
  readonly drafts: Uint8Array
  readonly count: number
  readonly isAtomic: boolean
  readonly expect: { readonly size: number; readonly root?: string } | undefined
  /** Those it must not get ahead of. */
  readonly run?: AppendRun
}

/** One draft's result when it was not simply appended. */
export type DraftOutcome =
  | { readonly seq: number; readonly eventId: string; readonly leafHash: string; readonly isDuplicate: boolean }
  | { readonly error: LedgerError }

/**
 * What became of a request. `plain`: every draft was appended now, contiguously from `seq`.
 * Leaf hashes are 64 hex digits each, without prefix.
 */
export type AppendResult =
  | {
      readonly kind: 'plain'
      readonly epoch: number
      readonly seq: number
      readonly eventIds: readonly string[]
      readonly leafHashes: readonly string[]
    }
  | { readonly kind: 'mixed'; readonly epoch: number; readonly outcomes: readonly DraftOutcome[] }

/** Called with each committed run, in order, synchronously after it was committed. Must not throw or block. */
export type CommittedListener = (run: CommittedRun) => void

/** Where to begin reading: a cursor, lines from the end (negative), or a time in Unix milliseconds. */
export type StartAt = 'start' | 'end' | number | { readonly timeMs: number }

/** The read side of one open ledger, over committed lines only. */
export interface LedgerReader {
  stat(): LedgerStat
  /**
   * Turns a start into a cursor. Throws CURSOR_AHEAD when a number lies beyond the end; BUSY and LEDGER_STOPPED when it
   * cannot be known where that is, or lines that have to be looked at cannot be read now.
   */
  resolve(start: StartAt): Promise<number>
  /**
   * Up to `bytesMax` bytes of whole lines from cursor `from`, at least one line unless at the head (then count is 0).
   * They may lie in `into`: whoever gives it must not touch it while the run is of use.
   * Throws CURSOR_AHEAD, INTEGRITY_BROKEN (from the first wrong line on), and BUSY when a disk refuses to read.
   */
  read(from: number, bytesMax: number, into?: Buffer): Promise<CommittedRun>
  /** From now on every committed run is handed to `listener`; returns the unsubscriber. */
  onCommitted(listener: CommittedListener): () => void
  findEvent(eventId: string): Promise<number | undefined>
  /** Type and link of a line, for filters. */
  routeOf(line: Uint8Array): { readonly type: string; readonly link: string | null } | undefined
}

/** What waits and what is open right now, for gauges. */
export interface EngineLoad {
  /** Draft bytes that wait for their commit. */
  readonly queuedBytes: number
  readonly openLedgers: number
  readonly openingLedgers: number
}

/** What transport sees of the engine. */
export interface Engine {
  /** Ids of all ledgers on disk, sorted. */
  list(): readonly string[]
  /** True if the ledger is on disk. Throws LEDGER_ID_INVALID. */
  has(ledger: string): boolean
  /** Called when a ledger appears; returns the unsubscriber. For pattern follows. */
  onCreated(listener: (ledger: string) => void): () => void
  /** Settles when the request's drafts are committed or refused. Rejects with LedgerError when refused as a whole. */
  append(request: AppendRequest): Promise<AppendResult>
  /** Opens the ledger for reading. Throws LEDGER_NOT_FOUND, LEDGER_ID_INVALID, LEDGER_LOCKED. */
  reader(ledger: string): Promise<LedgerReader>
  stat(ledger: string): Promise<LedgerStat>
  /** Ledgers that are stopped, with reasons, without opening anything. */
  stopped(): readonly LedgerStat[]
  /** Takes no more appends, finishes the groups in flight, releases locks. Closes all it can, then throws what was refused. */
  close(): Promise<void>
}
