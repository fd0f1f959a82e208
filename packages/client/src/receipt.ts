// What an append resolves with: the bytes named are durable in the way `durable` says.

export type Durability = 'fsync' | 'quorum' | 'memory'

export interface Receipt {
  readonly ledger: string
  readonly seq: number
  readonly eventId: string
  /** RFC 6962 leaf hash of the line without LF. */
  readonly leafHash: `sha256:${string}`
  /** The event was on disk before this call. */
  readonly duplicate: boolean
  readonly durable: Durability
  /**
   * Which hold on the ledger gave this answer: every opening by a daemon raises it, so an answer with a lower one than
   * seen before comes from a daemon that was superseded. Absent where the line was found and not appended.
   */
  readonly epoch?: number
}

/** A word that a newer daemon may use is not taken for durable. */
export function durabilityOf(word: string): Durability {
  return word === 'fsync' || word === 'quorum' ? word : 'memory'
}
