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
}

/** A word that a newer daemon may use is not taken for durable. */
export function durabilityOf(word: string): Durability {
  return word === 'fsync' || word === 'quorum' ? word : 'memory'
}
