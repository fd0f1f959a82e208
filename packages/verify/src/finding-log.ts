// Gathers findings in bounded memory, and keeps apart what the file already had when it was adopted. Everything is
// counted; of each level and severity only so many are listed.
import type { Finding, Severity } from '@ledgerd/schema'
import { type FindingLevel, levelOf } from './level.ts'
import type { FindingCounts } from './report.ts'
import type { Adoption } from './sidecar.ts'

export interface FindingLogOptions {
  readonly adoption: Adoption | undefined
  /** Listed findings of one level and severity. */
  readonly findingsMax: number
  readonly onFinding?: ((finding: Finding) => void) | undefined
}

/** Findings of one level, by severity. */
export type LevelCounts = Readonly<Record<FindingLevel, FindingCounts>>

export interface FindingSummary {
  readonly findings: readonly Finding[]
  readonly history: readonly Finding[]
  readonly counts: FindingCounts
  readonly historyCounts: FindingCounts
  readonly levelCounts: LevelCounts
  /** The first line with an error of its own that is not history; undefined when there is none. */
  readonly firstErrorLine: number | undefined
}

export class FindingLog {
  readonly #adoption: Adoption | undefined
  readonly #known: ReadonlySet<string>
  /** Findings below the adopted size; what they are is decided at the end. */
  readonly #old: Tally
  readonly #new: Tally
  readonly #onFinding: ((finding: Finding) => void) | undefined

  constructor(options: FindingLogOptions) {
    this.#onFinding = options.onFinding
    this.#adoption = options.adoption
    this.#known = new Set(options.adoption?.findings.map(keyOf))
    this.#old = new Tally(options.findingsMax)
    this.#new = new Tally(options.findingsMax)
  }

  add(finding: Finding): void {
    this.#onFinding?.(finding)
    // What a store holds now is no history of the file, whatever its lines are.
    const level = levelOf(finding)
    if (this.#adoption === undefined || level === 'tree' || level === 'artifacts') return this.#new.add(finding)
    // A torn tail lies behind the whole lines that were adopted, and is listed all the same.
    const isOld = finding.offset < this.#adoption.bytes || this.#known.has(keyOf(finding))
    ;(isOld ? this.#old : this.#new).add(finding)
  }

  /**
   * Splits what was found. With the adopted bytes unchanged every finding among them is history; otherwise only those
   * that the adoption report lists.
   */
  finish(isAdoptedPrefixIntact: boolean): FindingSummary {
    const history = new Tally(Number.MAX_SAFE_INTEGER)
    if (isAdoptedPrefixIntact) history.takeAll(this.#old)
    else {
      for (const finding of this.#old.listed) (this.#known.has(keyOf(finding)) ? history : this.#new).add(finding)
      this.#new.countUnlisted(this.#old)
    }
    return {
      findings: this.#new.sorted(),
      history: history.sorted(),
      counts: this.#new.total(),
      historyCounts: history.total(),
      levelCounts: this.#new.levelCounts,
      firstErrorLine: this.#new.firstErrorLine,
    }
  }
}

const findingLevels: readonly FindingLevel[] = ['lines', 'tree', 'schema', 'artifacts']

type MutableCounts = { [Each in Severity]: number }

class Tally {
  readonly #listedMax: number
  readonly listed: Finding[] = []
  readonly levelCounts: Record<FindingLevel, MutableCounts> = {
    lines: { E: 0, W: 0, I: 0 },
    tree: { E: 0, W: 0, I: 0 },
    schema: { E: 0, W: 0, I: 0 },
    artifacts: { E: 0, W: 0, I: 0 },
  }
  firstErrorLine: number | undefined

  constructor(listedMax: number) {
    this.#listedMax = listedMax
  }

  add(finding: Finding): void {
    const level = levelOf(finding)
    const seen = ++this.levelCounts[level][finding.severity]
    // That a file elsewhere is gone says nothing against the line that names it.
    if (finding.severity === 'E' && level !== 'artifacts')
      this.firstErrorLine = Math.min(this.firstErrorLine ?? finding.line, finding.line)
    // By level, so that a file full of bad lines does not hide where it was tampered with.
    if (seen <= this.#listedMax) this.listed.push(finding)
  }

  takeAll(other: Tally): void {
    for (const finding of other.listed) this.add(finding)
    this.countUnlisted(other)
  }

  /** Counts what `other` saw and did not list. */
  countUnlisted(other: Tally): void {
    for (const level of findingLevels) {
      const listed: MutableCounts = { E: 0, W: 0, I: 0 }
      for (const finding of other.listed) if (levelOf(finding) === level) listed[finding.severity]++
      for (const severity of ['E', 'W', 'I'] as const)
        this.levelCounts[level][severity] += other.levelCounts[level][severity] - listed[severity]
    }
  }

  total(): FindingCounts {
    const sum = (severity: Severity): number =>
      findingLevels.reduce((count, level) => count + this.levelCounts[level][severity], 0)
    return { E: sum('E'), W: sum('W'), I: sum('I') }
  }

  /** In file order; findings of one line keep the order they were made in. */
  sorted(): readonly Finding[] {
    return this.listed.toSorted((a, b) => a.line - b.line)
  }
}

function keyOf(finding: Finding): string {
  return `${finding.code} ${finding.line} ${finding.offset} ${finding.path ?? ''}`
}
