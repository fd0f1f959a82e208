// The tree of the lines that were read, compared with every size and root that someone recorded earlier, and with the
// stored leaf hashes to find the place when it differs.
import { TreeEdge } from '@ledgerd/proof'
import type { FileLine } from './difference.ts'
import { formatHex } from './hex.ts'
import { LeafAligner } from './leaf-aligner.ts'
import type { Checkpoint, StoredLeaves } from './sidecar.ts'

/** A checkpoint, and whether the lines had its root at its size. */
export interface Compared extends Checkpoint {
  readonly matches: boolean
}

/** Consecutive whole lines, ready to be compared. `ends` are the offsets behind each LF. */
export interface LeafBatch {
  readonly leaves: readonly Uint8Array[]
  readonly offsets: readonly number[]
  readonly ends: readonly number[]
}

export class TreeComparison {
  readonly #edge: TreeEdge = new TreeEdge()
  /** By size; compared when the tree has that size. */
  readonly #checkpoints: readonly Checkpoint[]
  readonly #evidence: Compared[] = []
  readonly aligner: LeafAligner
  /** Where the last line that was taken ends. */
  #end = 0
  #comparableEnd = 0
  #isCommittedEndReached = false

  constructor(checkpoints: readonly Checkpoint[], leaves: StoredLeaves | undefined) {
    this.#checkpoints = checkpoints.toSorted((a, b) => a.lines - b.lines)
    const committed = checkpoints.find((checkpoint) => checkpoint.name === 'head-record')
    this.aligner = new LeafAligner(leaves, committed?.lines ?? Number.MAX_SAFE_INTEGER)
    this.#compareAt(0)
  }

  get lines(): number {
    return this.#edge.size
  }

  /** Bytes of the lines taken so far, with what LFs they have. */
  get bytes(): number {
    return this.#end
  }

  /** Where the last of them ends that has a stored leaf hash. */
  get comparableBytes(): number {
    return this.#comparableEnd
  }

  root(): string {
    return formatHex(this.#edge.root())
  }

  get evidence(): readonly Compared[] {
    return this.#evidence
  }

  /** The size at which the next comparison is due, so that a batch can end there. */
  get nextCheckpointLines(): number {
    return this.#checkpoints[this.#evidence.length]?.lines ?? Number.MAX_SAFE_INTEGER
  }

  /** True when exactly the lines of the head record were read and are the committed ones: what follows is not ours to judge. */
  get isCommittedEndReached(): boolean {
    return this.#isCommittedEndReached
  }

  /** Takes the next lines. A batch must not reach beyond `nextCheckpointLines`. */
  async take(batch: LeafBatch): Promise<void> {
    const first = this.#edge.size
    const agreeing = await this.aligner.takeAgreeing(batch.leaves)
    for (const leaf of batch.leaves.slice(0, agreeing)) this.#edge.append(leaf)
    if (agreeing < batch.leaves.length) {
      if (this.aligner.isInStep) this.aligner.fallOut(this.#edge.clone())
      const rest: FileLine[] = []
      for (let at = agreeing; at < batch.leaves.length; at++) {
        const leaf = batch.leaves[at] as Uint8Array
        this.#edge.append(leaf)
        rest.push({ leaf: formatHex(leaf), line: first + at + 1, offset: batch.offsets[at] as number })
      }
      await this.aligner.push(rest)
    }
    this.#end = batch.ends.at(-1) ?? this.#end
    const comparable = Math.min(this.aligner.comparableLines - first, batch.ends.length)
    if (comparable > 0) this.#comparableEnd = batch.ends[comparable - 1] as number
    this.#compareAt(this.#end)
  }

  /** Ends the comparison: what was recorded for more lines than there are does not match. */
  async finish(offset: number): Promise<void> {
    if (this.aligner.isInStep) this.aligner.fallOut(this.#edge.clone())
    await this.aligner.finish({ line: this.#edge.size + 1, offset })
    for (const checkpoint of this.#checkpoints.slice(this.#evidence.length))
      this.#evidence.push({ ...checkpoint, matches: false })
  }

  #compareAt(offset: number): void {
    for (;;) {
      const checkpoint = this.#checkpoints[this.#evidence.length]
      if (checkpoint === undefined || checkpoint.lines !== this.#edge.size) return
      const matches = checkpoint.bytes === offset && checkpoint.root === this.root()
      this.#evidence.push({ ...checkpoint, matches })
      if (matches && checkpoint.name === 'head-record') this.#isCommittedEndReached = true
    }
  }
}
