// The right edge of an RFC 6962 tree: the roots of its full subtrees, at most 53. It is all that appending needs, and
// all that has to be kept to go on later.
import { emptyRoot, nodeHash } from './tree-hash.ts'

export class TreeEdge {
  /** Roots of the full subtrees, largest first: one for each 1 in the binary form of the size. */
  readonly #peaks: Uint8Array[]
  #size: number

  /** Goes on from a known edge; empty unless given. Throws RangeError if the peaks do not fit the size. */
  constructor(size = 0, peaks: readonly Uint8Array[] = []) {
    if (!Number.isSafeInteger(size) || size < 0) throw new RangeError('a tree size is a safe integer from 0')
    if (peaks.length !== countOnes(size)) throw new RangeError(`a tree of ${size} has ${countOnes(size)} peaks`)
    if (peaks.some((peak) => peak.length !== 32)) throw new RangeError('a tree hash is 32 bytes long')
    this.#size = size
    this.#peaks = [...peaks]
  }

  /** The number of leaves. */
  get size(): number {
    return this.#size
  }

  /** Adds a leaf hash, which must not change afterwards. One node hash on average. */
  append(leaf: Uint8Array): void {
    if (leaf.length !== 32) throw new RangeError('a tree hash is 32 bytes long')
    if (this.#size === Number.MAX_SAFE_INTEGER) throw new RangeError('the tree is full')
    let root = leaf
    // Each trailing 1 of the size is a full subtree as large as the one just made. No 32-bit operators: sizes pass 2^32.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) root = nodeHash(this.#peaks.pop()!, root)
    this.#peaks.push(root)
    this.#size++
  }

  /** MTH of all leaves so far (proofs §2); H("") without any. */
  root(): Uint8Array {
    let root = this.#peaks[this.#peaks.length - 1]
    if (root === undefined) return emptyRoot.slice()
    for (let i = this.#peaks.length - 2; i >= 0; i--) root = nodeHash(this.#peaks[i]!, root)
    return root
  }

  /** The roots of the full subtrees, largest first; with the size, enough to go on later. */
  peaks(): readonly Uint8Array[] {
    return [...this.#peaks]
  }

  /** An edge of its own with the same leaves, to try appends that may be taken back. */
  clone(): TreeEdge {
    return new TreeEdge(this.#size, this.#peaks)
  }
}

/** MTH of leaf hashes in order. */
export function treeRoot(leaves: Iterable<Uint8Array>): Uint8Array {
  const edge = new TreeEdge()
  for (const leaf of leaves) edge.append(leaf)
  return edge.root()
}

function countOnes(size: number): number {
  let ones = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2
  return ones
}
