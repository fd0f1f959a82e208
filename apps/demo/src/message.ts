// What the processes of the demo tell each other over Node's IPC channel.

/** Counts of one game server. Every receipt it counts was durable before it arrived. */
export interface ServerReport {
  readonly name: string
  /** Receipts of new lines, by ledger. */
  readonly receipts: Readonly<Record<string, number>>
  /** Receipts whose `durable` was not `fsync`; anything but 0 is a failure. */
  readonly weakReceipts: number
  /** Drafts that no line may hold, with the code each got. */
  readonly refusals: readonly { readonly code: string; readonly reason: string }[]
  /** Drafts sent a second time and answered with the receipt of the first. */
  readonly repeatsRecognised: number
}

/** What the replay tool saw of one ledger. */
export interface FollowReport {
  readonly ledger: string
  readonly lines: number
  /** Lines whose sequence number was not the expected one. */
  readonly misplaced: number
  /** SHA-256 over the lines as they came, LF included. */
  readonly sha256: string
}

export interface ReplayReport {
  readonly ledgers: readonly FollowReport[]
  readonly turns: number
  readonly turnsWithCounterpart: number
}

export type Message =
  | { readonly kind: 'ready' }
  | { readonly kind: 'served'; readonly report: ServerReport }
  /** To the replay tool: how many lines each ledger will have. */
  | { readonly kind: 'sizes'; readonly sizes: Readonly<Record<string, number>> }
  | { readonly kind: 'replayed'; readonly report: ReplayReport }
