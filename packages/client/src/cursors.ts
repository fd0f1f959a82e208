// How far a stream has got in each of its ledgers, and the proof that it got there line by line: whatever the daemon
// sends must begin where the last frame ended.
import type { LinesFrame, StreamStart } from '@ledgerd/protocol'
import { LedgerError } from '@ledgerd/schema'

export class Cursors {
  readonly #start: StreamStart
  readonly #isFiltered: boolean
  readonly #next: Map<string, number>

  constructor(start: StreamStart, given: Readonly<Record<string, number>>, isFiltered: boolean) {
    this.#start = start
    this.#isFiltered = isFiltered
    this.#next = new Map(Object.entries(given))
  }

  /** The cursors to resume from, by ledger. */
  get all(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#next)
  }

  get isEmpty(): boolean {
    return this.#next.size === 0
  }

  /** The number the next line of a ledger must have; undefined while only the daemon knows where the stream starts. */
  expected(ledger: string): number | undefined {
    const next = this.#next.get(ledger)
    if (next !== undefined) return next
    if (this.#start === 'start') return 0
    return typeof this.#start === 'number' && this.#start >= 0 ? this.#start : undefined
  }

  /** Throws INTEGRITY_BROKEN for a gap, a repeat or a step back. */
  advance(frame: LinesFrame): void {
    const expected = this.expected(frame.ledger)
    const isContiguous = frame.seqs === undefined && frame.next === frame.from + frame.n
    if (!this.#isFiltered && !isContiguous)
      throw broken(frame.ledger, expected, `a frame with holes from ${frame.from}`)
    const isInPlace = this.#isFiltered ? frame.from >= (expected ?? 0) : frame.from === (expected ?? frame.from)
    if (!isInPlace) throw broken(frame.ledger, expected, `line ${frame.from}`)
    this.#next.set(frame.ledger, frame.next)
  }

  /** Lines that did not match the filter were passed over. Throws INTEGRITY_BROKEN. */
  skip(ledger: string, next: number): void {
    const expected = this.expected(ledger)
    if (!this.#isFiltered || next < (expected ?? 0)) throw broken(ledger, expected, `a skip to ${next}`)
    this.#next.set(ledger, next)
  }

  /** The daemon says that lines from `from` up to `to` will not come. Throws INTEGRITY_BROKEN. */
  gap(ledger: string, from: number, to: number): void {
    const expected = this.expected(ledger)
    if ((expected !== undefined && from < expected) || to < from) throw broken(ledger, expected, `a gap at ${from}`)
    this.#next.set(ledger, to)
  }

  /** The daemon says where a ledger's stream stands; only news if nothing was known. */
  learn(ledger: string, seq: number): void {
    if (!this.#next.has(ledger)) this.#next.set(ledger, seq)
  }
}

function broken(ledger: string, expected: number | undefined, found: string): LedgerError {
  const wanted = expected === undefined ? 'the start' : `line ${expected}`
  return new LedgerError('INTEGRITY_BROKEN', `the daemon sent ${found} of ${ledger} where ${wanted} was due`, {
    details: { ledger, seq: expected ?? 0 },
  })
}
