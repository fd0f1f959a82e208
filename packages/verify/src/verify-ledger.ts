// Checks a whole ledger file, front to back, once, in bounded memory. Runs wherever bytes come from: Node, a browser, a
// pipe. Never writes, never throws on content; what it could not check it says.
import { LineSplitter, type SplitLine } from '@ledgerd/canonical'
import { leafHash } from '@ledgerd/proof'
import type { ContentStore, Finding, LedgerSchema, Place } from '@ledgerd/schema'
import { ArtifactChecks } from './artifact-checks.ts'
import { FindingLog } from './finding-log.ts'
import { includesLevel, type Level } from './level.ts'
import { LineChecks } from './line-checks.ts'
import type { LevelResult, VerifyReport } from './report.ts'
import type { Adoption, Checkpoint, Sidecar } from './sidecar.ts'
import { summarize } from './summarize.ts'
import { TreeComparison } from './tree-comparison.ts'
import { judgeTree } from './tree-findings.ts'

export interface VerifyProgress {
  readonly bytes: number
  readonly lines: number
}

export interface VerifyOptions {
  /** The file's bytes from its start. Views may be reused after the next one is asked for. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** What the report calls it. */
  readonly target: string
  /** The ledger id, from which a family derives what its lines must name. */
  readonly ledger: string
  readonly schema: LedgerSchema
  /** Default `tree`. `signed` and `anchored` run as `schema` and are reported as not checked. */
  readonly level?: Level
  /** Warnings fail, too. */
  readonly isStrict?: boolean
  readonly sidecar?: Sidecar
  readonly adoption?: Adoption
  /** Where the files that lines refer to are looked up, at any level; without one, `artifacts` is not checked. */
  readonly artifacts?: ContentStore
  /** Roots recorded elsewhere, such as the one a daemon states. */
  readonly checkpoints?: readonly Checkpoint[]
  /** Bytes behind this offset are not looked at; the size of a file at the start of the run. */
  readonly endOffset?: number
  /** Asked at the end when the last line has no LF: true if the file has grown since, so that a writer is at work. */
  readonly hasGrown?: () => Promise<boolean>
  /** Called after each chunk. */
  readonly onProgress?: (progress: VerifyProgress) => void
  /** Called with each finding about a line as it is made, history included. */
  readonly onFinding?: (finding: Finding) => void
  /** Ends the run early with a report of what was covered. */
  readonly signal?: AbortSignal
  readonly lineBytesMax?: number
  /** Findings listed of each level and severity; all are counted. */
  readonly findingsMax?: number
}

const lineBytesMaxDefault = 16 << 20
const findingsMaxDefault = 10_000
const batchLines = 4096

/** Verifies one ledger. Rejects only with what `chunks` or the sidecar reject with: then nothing was decided. */
export async function verifyLedger(options: VerifyOptions): Promise<VerifyReport> {
  const run = new Run(options)
  const isWhole = await run.readAll()
  return await run.report(isWhole)
}

class Run {
  readonly #options: VerifyOptions
  readonly #level: Level
  readonly #log: FindingLog
  readonly #checks: LineChecks
  readonly #artifacts: ArtifactChecks
  readonly #comparison: TreeComparison
  readonly #splitter: LineSplitter
  /** The batch being filled; handed on and replaced when full. */
  #leaves: Uint8Array[] = []
  #offsets: number[] = []
  #ends: number[] = []
  #line = 0
  #bytes = 0
  #uncheckedBytes = 0
  /** The first line that was too long to be read and therefore to be hashed. */
  #unhashedLine: number | undefined

  constructor(options: VerifyOptions) {
    const { schema, ledger, adoption, sidecar } = options
    const lineBytesMax = options.lineBytesMax ?? lineBytesMaxDefault
    this.#options = options
    this.#level = options.level ?? 'tree'
    const { findingsMax = findingsMaxDefault, onFinding } = options
    this.#log = new FindingLog({ adoption, findingsMax, onFinding })
    const level = includesLevel(this.#level, 'schema') ? 'schema' : 'lines'
    const acknowledgedBytes = sidecar?.head?.bytes
    this.#checks = new LineChecks({ schema, ledger, level, log: this.#log, lineBytesMax, acknowledgedBytes })
    this.#artifacts = new ArtifactChecks(schema, options.artifacts, this.#log)
    this.#comparison = new TreeComparison(
      checkpointsOf(options),
      includesTree(this.#level) ? sidecar?.leaves : undefined,
    )
    this.#splitter = new LineSplitter({ lineBytesMax })
  }

  /** True when the end was reached, false when the run was stopped. */
  async readAll(): Promise<boolean> {
    const end = this.#options.endOffset ?? Number.MAX_SAFE_INTEGER
    if (this.#comparison.isCommittedEndReached) return this.#leave(0, end)
    let taken = 0
    for await (const chunk of this.#options.chunks) {
      if (this.#options.signal?.aborted) return false
      const part = chunk.length > end - taken ? chunk.subarray(0, end - taken) : chunk
      taken += part.length
      for (const line of this.#splitter.push(part)) {
        this.#takeLine(line)
        if (this.#options.artifacts !== undefined) await this.#artifacts.check(line.bytes, this.#placeOf(line))
        if (this.#isBatchDue()) await this.#flush()
        if (this.#comparison.isCommittedEndReached) return this.#leave(this.#bytes, end)
      }
      this.#options.onProgress?.({ bytes: taken, lines: this.#line })
      if (taken >= end) break
    }
    await this.#takeLast(taken)
    return true
  }

  async report(isWhole: boolean): Promise<VerifyReport> {
    const { sidecar, adoption } = this.#options
    await this.#flush()
    if (isWhole) this.#checks.finish()
    if (isWhole) await this.#comparison.finish(this.#bytes)
    const isComparable = isWhole && includesTree(this.#level) && this.#unhashedLine === undefined
    const tree = isComparable
      ? await judgeTree(this.#comparison, sidecar?.leaves, sidecar?.problems ?? [])
      : { result: this.#treeNotChecked(isWhole), findings: [] }
    for (const finding of tree.findings) this.#log.add(finding)
    const adopted = this.#comparison.evidence.find((one) => one.name === 'adoption')
    return summarize({
      target: this.#options.target,
      ledger: this.#options.ledger,
      schema: `${this.#options.schema.name} ${this.#options.schema.version}`,
      level: this.#level,
      isStrict: this.#options.isStrict ?? false,
      isWhole,
      lines: this.#line,
      bytes: this.#bytes,
      root: this.#unhashedLine === undefined ? `sha256:${this.#comparison.root()}` : null,
      checks: this.#checks,
      evidence: this.#comparison.evidence,
      tree: tree.result,
      artifacts: this.#artifacts.result({
        isWhole,
        isStrict: this.#options.isStrict ?? false,
        lines: this.#line,
      }),
      uncheckedBytes: this.#uncheckedBytes,
      bytesBehind: this.#uncheckedBytes,
      summary: this.#log.finish(adoption !== undefined && adopted?.matches === true),
    })
  }

  #takeLine(line: SplitLine): void {
    this.#line++
    this.#checks.check(line, this.#line)
    if (line.isTooLong) this.#unhashedLine ??= this.#line
    this.#bytes = line.offset + line.bytes.length + (line.isTerminated ? 1 : 0)
    this.#leaves.push(leafHash(line.bytes))
    this.#offsets.push(line.offset)
    this.#ends.push(this.#bytes)
  }

  #placeOf({ offset }: SplitLine): Place {
    return { line: this.#line, offset }
  }

  /** What stands behind the last LF: a record without its LF, a write that was cut off, or one still going on. */
  async #takeLast(taken: number): Promise<void> {
    this.#bytes = taken
    const last = this.#splitter.end()
    if (last === undefined) return
    const committed = this.#options.sidecar?.head?.bytes ?? Number.MAX_SAFE_INTEGER
    const isAboveCommitted = last.offset >= committed
    if (isAboveCommitted || (await this.#options.hasGrown?.()) === true) {
      this.#bytes = last.offset
      this.#leaveUnchecked(taken - last.offset, isAboveCommitted)
      return
    }
    if (this.#checks.checkLast(last, this.#line + 1) === 'torn') return
    this.#line++
    this.#leaves.push(leafHash(last.bytes))
    this.#offsets.push(last.offset)
    this.#ends.push(taken)
    await this.#artifacts.check(last.bytes, this.#placeOf(last))
  }

  /** Stops at the committed end: nothing behind it was ever acknowledged. */
  #leave(at: number, end: number): true {
    this.#bytes = at
    const isEndKnown = end !== Number.MAX_SAFE_INTEGER
    if (isEndKnown && end > at) this.#leaveUnchecked(end - at, true)
    return true
  }

  #leaveUnchecked(bytes: number, isAboveCommitted: boolean): void {
    this.#uncheckedBytes = bytes
    const why = isAboveCommitted
      ? 'behind the committed end were never acknowledged'
      : 'at the end are still being written'
    const message = `${bytes} bytes ${why} and were not checked`
    this.#log.add({ code: 'uncommitted-tail', severity: 'I', line: this.#line + 1, offset: this.#bytes, message })
  }

  #isBatchDue(): boolean {
    const due = this.#comparison.lines + this.#leaves.length
    return this.#leaves.length === batchLines || due === this.#comparison.nextCheckpointLines
  }

  async #flush(): Promise<void> {
    if (this.#leaves.length === 0) return
    const batch = { leaves: this.#leaves, offsets: this.#offsets, ends: this.#ends }
    this.#leaves = []
    this.#offsets = []
    this.#ends = []
    await this.#comparison.take(batch)
  }

  #treeNotChecked(isWhole: boolean): LevelResult {
    if (!includesTree(this.#level)) return { state: 'not-checked', detail: 'not asked for' }
    if (!isWhole) return { state: 'not-checked', detail: `stopped after line ${this.#line}` }
    return { state: 'not-checked', detail: `line ${this.#unhashedLine} is too long to be hashed` }
  }
}

function includesTree(level: Level): boolean {
  return includesLevel(level, 'tree')
}

function checkpointsOf(options: VerifyOptions): Checkpoint[] {
  if (!includesTree(options.level ?? 'tree') && options.adoption === undefined) return []
  const { adoption, sidecar } = options
  const all: Checkpoint[] = [...(options.checkpoints ?? [])]
  const head = sidecar?.head
  if (head !== undefined) all.push({ name: 'head-record', lines: head.count, bytes: head.bytes, root: head.root })
  if (adoption !== undefined) {
    const { lines, bytes, root } = adoption
    all.push({ name: 'adoption', lines, bytes, root })
  }
  return all
}
