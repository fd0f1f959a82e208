// What the clients in a machine said before its power went, over all its boots: receipts, lines, and what they go on with after
// the next one. A draft without a receipt is sent again unchanged.
import type { Evidence, KeptReceipt, SeenLine, Violation } from '@ledgerd/testkit'
import { idIn } from '../posting-client.ts'
import type { GuestLoad, GuestRecord } from './guest-machine.ts'

interface Writer {
  readonly ledger: string
  readonly name: string
  /** The number of its first draft without a receipt. */
  next: number
}

const writersPerLedger = 2
const batchMax = 12
/** Drafts of a writer that may be on the disk and nobody outside heard of: the last words before the power went may be lost. */
const unheardMax = 8 * batchMax

export class GuestEvidence implements Evidence {
  readonly receipts: KeptReceipt[] = []
  readonly followers: readonly SeenLine[][]
  /** Identities that may ever have been sent. */
  readonly sent: Set<string> = new Set()
  readonly #ledgers: readonly string[]
  readonly #writers: readonly Writer[]

  constructor(ledgers: readonly string[]) {
    this.#ledgers = ledgers
    this.followers = ledgers.map(() => [])
    this.#writers = ledgers.flatMap((ledger) =>
      Array.from({ length: writersPerLedger }, (_, n) => ({ ledger, name: `${ledger}#${n}`, next: 0 })),
    )
  }

  get seenLines(): number {
    return this.followers.reduce((sum, seen) => sum + seen.length, 0)
  }

  /** What the clients of the next boot do. */
  nextLoad(isSyncing: boolean): GuestLoad {
    for (const { name, next } of this.#writers)
      for (let n = next; n < next + unheardMax; n++) this.sent.add(idIn(name, n))
    return {
      writers: this.#writers.map(({ ledger, name, next }) => ({ ledger, idPrefix: idIn(name, 0).slice(0, 20), next })),
      followers: this.#ledgers.map((ledger, at) => ({ ledger, next: this.followers[at]?.length ?? 0 })),
      batchMax,
      isSyncing,
    }
  }

  /** Keeps what a client said; a violation, if it was told what no power cut excuses. */
  note(record: GuestRecord): Violation | undefined {
    if (record.said === 'ended')
      return { kind: 'misbehaved', ledger: '*', sentence: `the daemon ended by itself: ${record.how}` }
    if (record.said === 'refused')
      return { kind: 'misbehaved', ledger: record.ledger, sentence: `refused: ${JSON.stringify(record.error)}` }
    if (record.said === 'receipts') {
      this.receipts.push(...record.receipts)
      const writer = this.#writers[record.writer]
      if (writer !== undefined) writer.next = record.next
      for (let n = record.next; n < record.next + unheardMax; n++) this.sent.add(idIn(writer?.name ?? '', n))
    }
    if (record.said === 'line') {
      const { follower, seq, line } = record
      this.followers[follower]?.push({ ledger: this.#ledgers[follower] ?? '', seq, line: Buffer.from(line, 'base64') })
    }
    return undefined
  }
}
