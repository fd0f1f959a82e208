// Frames from daemon to client (PROTOCOL.md §3), as types and as the rules a decoder holds them to.
import type { ErrorDocument } from '@ledgerd/schema'
import type { PingFrame, PongFrame } from './client-frames.ts'
import { acks, count, errorDocument, integer, ledgerId, leafHash, limits, oneOf } from './field.ts'
import { rootOrNull, sequence, text, versionOne } from './field.ts'
import type { FrameRules, Header } from './frame-rules.ts'

/** What the daemon will take, in bytes, lines and levels of nesting. */
export interface WelcomeLimits {
  readonly lineBytesMax: number
  readonly batchBytesMax: number
  readonly batchLinesMax: number
  readonly creditBytesMax: number
  readonly depthMax: number
}

export interface WelcomeFrame {
  readonly t: 'welcome'
  readonly v: 1
  readonly daemon: string
  readonly heartbeatMs: number
  readonly limits: WelcomeLimits
}

/** Request id, first sequence number, number of drafts. */
export type Ack = readonly [id: number, seq: number, n: number]

export interface ReceiptsFrame {
  readonly t: 'receipts'
  readonly ledger: string
  readonly epoch: number
  /** `fsync`; a word the reader does not know means not durable. */
  readonly durable: string
  readonly acks: readonly Ack[]
}

export interface OutcomesFrame {
  readonly t: 'outcomes'
  readonly id: number
  readonly ledger: string
  readonly epoch: number
  readonly durable: string
  readonly n: number
}

/** One line of an `outcomes` body. */
export type OutcomeLine =
  | { readonly seq: number; readonly eventId: string; readonly leafHash: string; readonly duplicate: boolean }
  | { readonly error: ErrorDocument }

export interface LinesFrame {
  readonly t: 'lines'
  readonly id: number
  readonly ledger: string
  /** No line of the frame comes before it; the first one's number unless `seqs` is given. */
  readonly from: number
  readonly n: number
  /** The cursor behind the frame. */
  readonly next: number
  /** The lines' numbers, when they are not contiguous. */
  readonly seqs?: readonly number[]
}

export interface SkipFrame {
  readonly t: 'skip'
  readonly id: number
  readonly ledger: string
  readonly next: number
}

export const streamStatuses = ['catching-up', 'live', 'fell-behind', 'gap', 'closed'] as const
export type StreamStatus = (typeof streamStatuses)[number]

export interface StatusFrame {
  readonly t: 'status'
  readonly id: number
  readonly ledger: string
  readonly status: StreamStatus
  /** The stream's cursor. For a gap its first missing line; `head` is then the cursor behind the gap. */
  readonly seq: number
  readonly head: number
  readonly lagBytes?: number
  readonly reason?: string
}

export const endReasons = ['done', 'stopped', 'draining', 'cursor-ahead', 'cursor-gone', 'denied', 'error'] as const
export type EndReason = (typeof endReasons)[number]

export interface EndFrame {
  readonly t: 'end'
  readonly id: number
  readonly reason: EndReason
  readonly error?: ErrorDocument
}

export interface LineFrame {
  readonly t: 'line'
  readonly id: number
  readonly ledger: string
  readonly seq: number
  readonly leafHash: string
}

export const ledgerStates = ['opening', 'open', 'stopped', 'closed'] as const

export interface StatFrame {
  readonly t: 'stat'
  readonly id: number
  readonly ledger: string
  readonly size: number
  readonly bytes: number
  /** `sha256:<hex>`; null while the ledger is opening. */
  readonly root: string | null
  readonly epoch: number
  readonly state: (typeof ledgerStates)[number]
  readonly schema: string
  /** As recorded beside the ledger; absent where versions are not recorded. */
  readonly schemaVersion?: string
  /** `sha256:<hex>` of the schema's frozen form. */
  readonly schemaDigest?: string
  readonly profile: string
  /** Only of a stopped ledger: the word for why, then since when (RFC 3339), what was seen, and what to do. */
  readonly reason?: string
  readonly since?: string
  readonly message?: string
  readonly remedy?: string
}

export interface ErrorFrame {
  readonly t: 'error'
  /** Absent: the error is about the connection, which is then closed. */
  readonly id?: number
  readonly error: ErrorDocument
}

export type DaemonFrame =
  | WelcomeFrame
  | ReceiptsFrame
  | OutcomesFrame
  | LinesFrame
  | SkipFrame
  | StatusFrame
  | EndFrame
  | LineFrame
  | StatFrame
  | ErrorFrame
  | PingFrame
  | PongFrame

export const daemonFrameRules: FrameRules<DaemonFrame> = {
  welcome: { required: { v: versionOne, daemon: text, heartbeatMs: count, limits }, optional: {}, body: 'none' },
  receipts: { required: { ledger: ledgerId, epoch: integer, durable: text, acks }, optional: {}, body: 'leaf-hashes' },
  outcomes: {
    required: { id: integer, ledger: ledgerId, epoch: integer, durable: text, n: count },
    optional: {},
    body: 'lines',
  },
  lines: {
    required: { id: integer, ledger: ledgerId, from: integer, n: count, next: integer },
    optional: { seqs: sequence },
    body: 'lines',
    together: linesFlaw,
  },
  skip: { required: { id: integer, ledger: ledgerId, next: integer }, optional: {}, body: 'none' },
  status: {
    required: { id: integer, ledger: ledgerId, status: oneOf(streamStatuses), seq: integer, head: integer },
    optional: { lagBytes: integer, reason: text },
    body: 'none',
  },
  end: { required: { id: integer, reason: oneOf(endReasons) }, optional: { error: errorDocument }, body: 'none' },
  line: { required: { id: integer, ledger: ledgerId, seq: integer, leafHash }, optional: {}, body: 'lines' },
  stat: {
    required: {
      id: integer,
      ledger: ledgerId,
      size: integer,
      bytes: integer,
      root: rootOrNull,
      epoch: integer,
      state: oneOf(ledgerStates),
      schema: text,
      profile: text,
    },
    optional: { schemaVersion: text, schemaDigest: text, reason: text, since: text, message: text, remedy: text },
    body: 'none',
  },
  error: { required: { error: errorDocument }, optional: { id: integer }, body: 'none' },
  pong: { required: {}, optional: {}, body: 'none' },
  ping: { required: {}, optional: {}, body: 'none' },
}

/** Every number of a `lines` frame must be accounted for: between `from` and `next`, one per line, ascending. */
function linesFlaw(header: Header): string | undefined {
  const frame = header as unknown as LinesFrame
  if (frame.seqs === undefined) {
    return frame.next >= frame.from + frame.n ? undefined : '"next" must not be less than "from" + "n"'
  }
  if (frame.seqs.length !== frame.n) return '"seqs" must have "n" items'
  const isInside = (frame.seqs[0] ?? 0) >= frame.from && (frame.seqs.at(-1) ?? 0) < frame.next
  return isInside ? undefined : '"seqs" must lie between "from" and "next"'
}
