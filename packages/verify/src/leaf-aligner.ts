// Lays the lines of a file against stored leaf hashes, in bounded memory: as long as both agree it only compares; where
// they differ it finds out how they come back into step, and keeps a second tree edge of what the lines should have been,
// so that the stored hashes can be checked against the head record before anything is said in their name.
import type { TreeEdge } from '@ledgerd/proof'
import { classifyRun, type Difference, type FileLine, findResync } from './difference.ts'
import { formatHex } from './hex.ts'
import type { StoredLeaves } from './sidecar.ts'

/** Lines looked ahead on either side to find the way back into step. */
const windowLines = 4096
const differencesMax = 1000
const leafBytes = 32

export class LeafAligner {
  readonly #leaves: StoredLeaves | undefined
  /** Lines that are to be compared at all: those below the committed end. */
  readonly #linesMax: number
  /** How many stored hashes can be used; shrinks when reading comes up short. */
  #storedCount: number
  /** The stored hash that the next line is laid against. */
  #seq = 0
  /** Lines of the file waiting for their counterpart; none while in step. */
  #pending: FileLine[] = []
  #expected: TreeEdge | undefined
  #isLost = false
  readonly differences: Difference[] = []
  /** The first lines behind all stored hashes and the committed end: not judged, but a moved line may be among them. */
  readonly surplus: FileLine[] = []

  constructor(leaves: StoredLeaves | undefined, linesMax: number) {
    this.#leaves = leaves
    this.#storedCount = Math.min(leaves?.count ?? 0, linesMax)
    this.#linesMax = linesMax
  }

  /** True until the first difference. */
  get isInStep(): boolean {
    return this.#expected === undefined
  }

  /** Lines that could be compared with a stored hash. */
  get comparableLines(): number {
    return this.#storedCount
  }

  /** The tree the stored hashes lead to; undefined while in step. */
  get expected(): TreeEdge | undefined {
    return this.#expected
  }

  /** False when there are more differences than are kept, or lines differ for too long to find the way back. */
  get isComplete(): boolean {
    return !this.#isLost
  }

  /** Takes the leading leaves that agree, and says how many; while in step those without a stored hash agree, too. */
  async takeAgreeing(leaves: readonly Uint8Array[]): Promise<number> {
    if (this.#expected === undefined) return await this.#countAgreeing(leaves)
    const isBackInStep = this.#pending.length === 0 && !this.#isLost
    if (!isBackInStep || this.#seq + leaves.length > this.#storedCount) return 0
    const count = await this.#countAgreeing(leaves)
    for (const leaf of leaves.slice(0, count)) this.#expected.append(leaf)
    return count
  }

  async #countAgreeing(leaves: readonly Uint8Array[]): Promise<number> {
    const wanted = Math.max(0, Math.min(leaves.length, this.#storedCount - this.#seq))
    const stored = await this.#read(wanted)
    const there = stored.length / leafBytes
    for (let index = 0; index < there; index++) {
      if (!isSameLeaf(leaves[index] as Uint8Array, stored, index * leafBytes)) {
        this.#seq += index
        return index
      }
    }
    this.#seq += leaves.length
    return leaves.length
  }

  /** Leaves the fast path; `edge` is the tree up to here, owned by the aligner from now on. */
  fallOut(edge: TreeEdge): void {
    this.#expected = edge
  }

  /** Takes lines after the first difference. */
  async push(lines: readonly FileLine[]): Promise<void> {
    if (this.#isLost) return
    this.#pending.push(...lines)
    while (this.#pending.length >= windowLines && !this.#isLost) await this.#settle(false)
  }

  /** Settles what is left; `end` is where the file ends. Lines missing at the end become a deletion there. */
  async finish(end: { readonly line: number; readonly offset: number }): Promise<void> {
    while (this.#pending.length > 0 && !this.#isLost) await this.#settle(true)
    const from = this.#seq
    const stored = await this.#takeRest()
    if (this.#isLost) return
    const last = this.#linesMax === Number.MAX_SAFE_INTEGER ? this.#storedCount : this.#linesMax
    if (last <= from) return
    this.#record([{ kind: 'deleted', ...end, count: last - from, seq: from, expected: stored, found: [] }])
  }

  /** One step: strips what agrees, then explains one stretch that does not. */
  async #settle(isEnd: boolean): Promise<void> {
    const stored = await this.#peekStored()
    if (stored.length === 0) return this.#takeUncompared()
    let same = 0
    while (same < stored.length && same < this.#pending.length && this.#pending[same]?.leaf === stored[same]) same++
    if (same > 0) {
      this.#pending = this.#pending.slice(same)
      this.#expect(stored.slice(0, same))
      return
    }
    const found = this.#pending.slice(0, windowLines).map((line) => line.leaf)
    const resync = findResync(found, stored)
    const isStoredOver = stored.length < windowLines
    const [first] = this.#pending as [FileLine, ...FileLine[]]
    if (resync === undefined && !isEnd && !isStoredOver) {
      const hashes = { expected: stored.slice(0, 1), found: found.slice(0, 1) }
      this.#record([
        { kind: 'diverged', line: first.line, offset: first.offset, count: windowLines, seq: this.#seq, ...hashes },
      ])
      this.#giveUp()
      return
    }
    const pairs = Math.min(found.length, stored.length)
    const run = resync ?? { file: pairs, stored: pairs }
    this.#record(classifyRun(this.#pending.slice(0, run.file), stored.slice(0, run.stored), first, this.#seq))
    this.#pending = this.#pending.slice(run.file)
    this.#expect(stored.slice(0, run.stored))
  }

  /** Behind the last stored hash the file's own lines are taken on faith, up to the committed end. */
  #takeUncompared(): void {
    for (const line of this.#pending) {
      const isCommitted = this.#linesMax !== Number.MAX_SAFE_INTEGER && this.#seq < this.#linesMax
      if (isCommitted) this.#expect([line.leaf])
      else if (this.surplus.length < windowLines) this.surplus.push(line)
    }
    this.#pending = []
  }

  #expect(leaves: readonly string[]): void {
    for (const leaf of leaves) this.#expected?.append(parseHex(leaf))
    this.#seq += leaves.length
  }

  #record(differences: readonly Difference[]): void {
    this.differences.push(...differences.slice(0, differencesMax - this.differences.length))
    if (this.differences.length === differencesMax) this.#giveUp()
  }

  #giveUp(): void {
    this.#isLost = true
    this.#pending = []
  }

  /** Appends all stored hashes that are left to the expected tree; returns the first of them. */
  async #takeRest(): Promise<string[]> {
    const first: string[] = []
    if (this.#expected === undefined) return first
    for (let stored = await this.#peekStored(); stored.length > 0; stored = await this.#peekStored()) {
      this.#expect(stored)
      if (first.length < windowLines) first.push(...stored)
    }
    return first
  }

  async #peekStored(): Promise<string[]> {
    const bytes = await this.#read(Math.max(0, Math.min(windowLines, this.#storedCount - this.#seq)))
    const leaves: string[] = []
    for (let at = 0; at < bytes.length; at += leafBytes) leaves.push(formatHex(bytes.subarray(at, at + leafBytes)))
    return leaves
  }

  async #read(count: number): Promise<Uint8Array> {
    if (count === 0 || this.#leaves === undefined) return new Uint8Array(0)
    const bytes = await this.#leaves.read(this.#seq, count)
    if (bytes.length < count * leafBytes) this.#storedCount = this.#seq + bytes.length / leafBytes
    return bytes
  }
}

function isSameLeaf(leaf: Uint8Array, stored: Uint8Array, at: number): boolean {
  for (let index = 0; index < leafBytes; index++) if (leaf[index] !== stored[at + index]) return false
  return true
}

function parseHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2)
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(at * 2, at * 2 + 2), 16)
  return bytes
}
