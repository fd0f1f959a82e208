// What the processes of the demo tell each other over Node's IPC channel.

/** Counts of one game server. */
export interface ServerReport {
  readonly name: string
  /** Drafts with a receipt, one line each. */
  readonly sessionReceipts: number
  readonly curiosityReceipts: number
  /** Receipts whose `durable` was not `fsync`; anything but 0 is a failure. */
  readonly weakReceipts: number
  /** The last draft was sent a second time and answered with the receipt of the first. */
  readonly isRepeatRecognised: boolean
  /** Codes of drafts that no line may hold. */
  readonly refusals: readonly string[]
}

/** What the replay tool saw of one ledger. */
export interface FollowReport {
  readonly ledger: string
  readonly lines: number
  /** Lines whose sequence number was not the one due. */
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
  /** The first line is on disk; half of the session is sent. */
  | { readonly kind: 'ready' | 'halfway' }
  | { readonly kind: 'served'; readonly report: ServerReport }
  /** To the replay tool: how many lines each ledger has in the end. */
  | { readonly kind: 'sizes'; readonly sizes: Readonly<Record<string, number>> }
  | { readonly kind: 'replayed'; readonly report: ReplayReport }
