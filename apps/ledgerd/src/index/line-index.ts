// What is known about the lines of one ledger without reading them: how many, where each begins (sparsely), which may
// carry an identity, and the tree's right edge. Derived and disposable: index-file.ts keeps a copy, the JSONL is the truth.
import { TreeEdge } from '@ledgerd/proof'
import { type Fingerprint, fingerprint, IdentityTable } from './identity-table.ts'

/** Every how many lines an offset is kept. */
const offsetEvery = 32
const recentMax = 4096
const noCandidates: readonly number[] = []

export class LineIndex {
  readonly seed: Fingerprint
  readonly edge: TreeEdge
  readonly #identities: IdentityTable
  /** Start offsets of lines 0, 32, 64, … */
  #offsets: Float64Array = new Float64Array(16)
  #offsetCount = 1
  #count = 0
  #bytes = 0
  /** Cursors lately read up to, with their offsets: a sequential reader never skips lines. Insertion-ordered, bounded. */
  readonly #recent: Map<number, number> = new Map()
  readonly #print: Fingerprint = { high: 0, low: 0 }

  constructor(seed: Fingerprint, expected?: number, edge: TreeEdge = new TreeEdge()) {
    this.seed = seed
    this.edge = edge
    this.#identities = new IdentityTable(expected)
  }

  get count(): number {
    return this.#count
  }

  /** Where the last line ends. */
  get bytes(): number {
    return this.#bytes
  }

  get memoryBytes(): number {
    return this.#identities.bytes + this.#offsets.byteLength
  }

  /** The fingerprint of an identity; valid until the next call. */
  print(identity: string): Fingerprint {
    fingerprint(identity, this.seed, this.#print)
    return this.#print
  }

  /** Adds the next line, which ends at `end`. The leaf goes into the tree edge by the caller. */
  add(end: number, print: Fingerprint | undefined): void {
    if (print !== undefined) this.#identities.add(print, this.#count)
    this.#count++
    this.#bytes = end
    if (this.#count % offsetEvery === 0) this.#keepOffset(end)
  }

  /** Sequence numbers of lines that may carry this identity, oldest first. Nearly always empty. */
  candidates(identity: string): readonly number[] {
    return this.candidatesOf(this.print(identity))
  }

  /** The same for a fingerprint that is known already. */
  candidatesOf(print: Fingerprint): readonly number[] {
    return this.#identities.find(print) < 0 ? noCandidates : this.#identities.findAll(print)
  }

  /** A known line start at or before `seq` (at most the count). */
  floor(seq: number): { readonly seq: number; readonly offset: number } {
    const recent = this.#recent.get(seq)
    if (recent !== undefined) return { seq, offset: recent }
    if (seq === this.#count) return { seq, offset: this.#bytes }
    const slot = Math.floor(seq / offsetEvery)
    return { seq: slot * offsetEvery, offset: this.#offsets[slot] as number }
  }

  /** Remembers where a cursor lies, for the next read of the same reader. */
  remember(seq: number, offset: number): void {
    if (this.#recent.size >= recentMax) this.#recent.delete(this.#recent.keys().next().value as number)
    this.#recent.set(seq, offset)
  }

  #keepOffset(offset: number): void {
    if (this.#offsetCount === this.#offsets.length) {
      const grown = new Float64Array(this.#offsets.length * 2)
      grown.set(this.#offsets)
      this.#offsets = grown
    }
    this.#offsets[this.#offsetCount++] = offset
  }
}
