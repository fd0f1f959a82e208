// What clients kept of a daemon: the receipts they were given and the lines they were shown. The checker holds the disk
// against these, and against nothing that the daemon says about itself.

/** A receipt as a client wrote it down. */
export interface KeptReceipt {
  readonly ledger: string
  readonly seq: number
  readonly eventId: string
  /** 64 hex digits, with or without `sha256:`. */
  readonly leafHash: string
  /** Only `fsync` and `quorum` promise anything. */
  readonly durable: string
  /** The line itself without LF, where the client knows it. */
  readonly line?: Uint8Array
}

/** A line that one follower was shown, without LF. */
export interface SeenLine {
  readonly ledger: string
  readonly seq: number
  readonly line: Uint8Array
}

export interface Evidence {
  readonly receipts: readonly KeptReceipt[]
  /** One list a follower, in the order of arrival, from when it began to follow. */
  readonly followers: readonly (readonly SeenLine[])[]
}

export type ViolationKind =
  /** A line named by a durable receipt is not there, or other bytes are in its place. */
  | 'lost'
  /** Bytes that are no whole line. */
  | 'torn'
  /** One identity stands twice. */
  | 'repeated'
  /** A follower saw a line that is not there, or the file holds a line that nobody sent. */
  | 'phantom'
  /** A follower missed a line or got one twice. */
  | 'out-of-order'
  /** Two receipts contradict each other. */
  | 'contradiction'
  /** Bytes left the file and are not set aside. */
  | 'not-set-aside'
  /** A ledger stopped at a state that a crash alone can leave. */
  | 'false-stop'
  /** Recovering once more gave another file. */
  | 'not-idempotent'
  /** A daemon did what no crash or error excuses: a receipt after a failed sync, a stop of a ledger that was not hit. */
  | 'misbehaved'

export interface Violation {
  readonly kind: ViolationKind
  readonly ledger: string
  readonly sentence: string
}
