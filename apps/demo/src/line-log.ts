// What a follower was sent: per ledger the count, whether each line came in its place, and a digest over all bytes.
import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import type { FollowReport } from './message.ts'

interface Entry {
  lines: number
  misplaced: number
  readonly hash: Hash
}

export class LineLog {
  readonly #entries = new Map<string, Entry>()
  #sizes: Readonly<Record<string, number>> | undefined

  add(ledger: string, seq: number, line: Uint8Array): void {
    const entry = this.#entries.get(ledger) ?? { lines: 0, misplaced: 0, hash: createHash('sha256') }
    this.#entries.set(ledger, entry)
    if (seq !== entry.lines) entry.misplaced += 1
    entry.lines += 1
    entry.hash.update(line).update('\n')
  }

  /** How many lines each ledger has in the end. */
  expect(sizes: Readonly<Record<string, number>>): void {
    this.#sizes = sizes
  }

  /** True once every ledger has as many lines as it will have; false while nobody has said how many. */
  get isComplete(): boolean {
    if (this.#sizes === undefined) return false
    return Object.entries(this.#sizes).every(([ledger, size]) => (this.#entries.get(ledger)?.lines ?? 0) >= size)
  }

  /** Call once, at the end. */
  reports(): readonly FollowReport[] {
    return [...this.#entries].map(([ledger, { lines, misplaced, hash }]) => ({
      ledger,
      lines,
      misplaced,
      sha256: hash.digest('hex'),
    }))
  }
}
