// Draws the report from what a run has gathered: the state of every level, also of those nobody asked for, and the
// part of the file that can still be trusted. Pure.
import type { FindingSummary } from './finding-log.ts'
import { includesLevel, type Level, levels } from './level.ts'
import type { LineChecks } from './line-checks.ts'
import type { Compared } from './tree-comparison.ts'
import type { FindingCounts, LevelResult, VerifyReport } from './report.ts'

export interface Gathered {
  readonly target: string
  readonly ledger: string
  readonly schema: string
  readonly level: Level
  readonly isStrict: boolean
  /** False when the run was stopped before the end. */
  readonly isWhole: boolean
  /** The first line looked at when the run did not begin at the first of the file: nothing is known of those before. */
  readonly fromLine?: number
  /** Null when only the tail was read. */
  readonly lines: number | null
  readonly bytes: number
  readonly root: string | null
  readonly checks: LineChecks
  readonly evidence: readonly Compared[]
  readonly tree: LevelResult
  readonly artifacts: LevelResult
  readonly uncheckedBytes: number
  /** Those of them that lie behind the last line that was looked at. */
  readonly bytesBehind: number
  readonly summary: FindingSummary
}

const notAskedFor: LevelResult = { state: 'not-checked', detail: 'not asked for' }
/** Of a level whose verdict depends on every line from the first. */
export const needsAllLines: LevelResult = { state: 'not-checked', detail: 'it needs every line from the first' }

/** Builds the report. */
export function summarize(gathered: Gathered): VerifyReport {
  const { checks, lines, summary, fromLine } = gathered
  const hasErrors = summary.counts.E > 0
  const status = hasErrors ? 'corrupt' : checks.recordCount === 0 ? 'empty' : 'ok'
  const variants: Record<string, number> = {}
  for (const [variant, count] of [...checks.variants].toSorted()) variants[variant] = count
  return {
    kind: 'verify-report',
    v: 1,
    target: gathered.target,
    ledger: gathered.ledger,
    schema: gathered.schema,
    level: gathered.level,
    isStrict: gathered.isStrict,
    status,
    coverage: lines === null ? 'tail' : gathered.isWhole && fromLine === undefined ? 'full' : 'partial',
    ...(fromLine === undefined ? {} : { fromLine }),
    lines,
    bytes: gathered.bytes,
    root: gathered.root,
    lastEventId: status === 'ok' && gathered.isWhole ? (checks.lastEventId ?? null) : null,
    levels: levelResults(gathered),
    variants,
    evidence: gathered.evidence.map((one) => ({ ...one, root: `sha256:${one.root}` })),
    trustworthyLines: lines === null || fromLine !== undefined ? null : trustworthyLines(lines, summary.firstErrorLine),
    uncheckedBytes: gathered.uncheckedBytes,
    findings: summary.findings,
    history: summary.history,
    counts: summary.counts,
    historyCounts: summary.historyCounts,
  }
}

function levelResults(gathered: Gathered): Record<Level, LevelResult> {
  const unkeyed = 'this version keeps no signed checkpoints and has no keys to check any with'
  const results: Record<Level, LevelResult> = {
    tail: tailResult(gathered),
    lines: linesResult(gathered),
    tree: gathered.tree,
    schema: schemaResult(gathered),
    signed: { state: 'not-checked', detail: unkeyed },
    anchored: {
      state: 'not-checked',
      detail: `${unkeyed}: a cut or rewrite that took the sidecar along cannot be seen`,
    },
    artifacts: gathered.artifacts,
  }
  return Object.fromEntries(levels.map((level) => [level, results[level]])) as Record<Level, LevelResult>
}

function tailResult(gathered: Gathered): LevelResult {
  const { state, detail } = lastLineResult(gathered)
  const { bytesBehind } = gathered
  if (bytesBehind === 0 || state === 'not-checked') return { state, detail }
  return { state, detail: `${detail}; ${plural(bytesBehind, 'byte')} behind it were not checked` }
}

function lastLineResult({ checks, isWhole, isStrict, summary, bytesBehind }: Gathered): LevelResult {
  const which = bytesBehind === 0 ? 'the last line' : 'the last line that was looked at'
  if (!isWhole) return { state: 'not-checked', detail: 'stopped before the last line' }
  if (checks.recordCount === 0 && !checks.isLastLineWrong) return { state: 'ok', detail: 'there is no record' }
  if (checks.isLastLineWrong) {
    // The same error is history when the file was adopted with it.
    const isNew = summary.counts.E > 0
    return isNew
      ? { state: 'failed', detail: 'the last line is not a whole, right record' }
      : { state: 'ok', detail: 'the last line is as it was when the file was adopted' }
  }
  if (checks.isLastLineUnterminated)
    return { state: isStrict ? 'failed' : 'ok', detail: 'the last line is a whole, right record without its line feed' }
  return { state: 'ok', detail: `${which} is whole and right` }
}

function linesResult(gathered: Gathered): LevelResult {
  const { checks, lines, isWhole, summary } = gathered
  if (lines === null) return notAskedFor
  const failed = failure(gathered, 'lines')
  if (failed !== undefined) return failed
  if (!isWhole || gathered.fromLine !== undefined) return { state: 'not-checked', detail: partialDetail(gathered) }
  const variants = [...checks.variants].toSorted().map(([variant, count]) => `${variant} ${count}`)
  const detail = variants.length === 0 ? 'there is no record' : `written as: ${variants.join(', ')}`
  return { state: 'ok', detail: `${detail}${historyClause(summary)}` }
}

function schemaResult(gathered: Gathered): LevelResult {
  const { lines, isWhole, level, schema, summary } = gathered
  if (!includesLevel(level, 'schema') || lines === null) return notAskedFor
  if (gathered.fromLine !== undefined) return needsAllLines
  const failed = failure(gathered, 'schema')
  if (failed !== undefined) return failed
  if (!isWhole) return { state: 'not-checked', detail: partialDetail(gathered) }
  const warnings = summary.levelCounts.schema.W
  const clause = warnings === 0 ? '' : `; ${plural(warnings, 'warning')}`
  return { state: 'ok', detail: `${schema}${clause}${historyClause(summary)}` }
}

/** Which lines were looked at, when it was not all of them. */
function partialDetail({ lines, fromLine }: Gathered): string {
  if (fromLine === undefined) return `stopped after line ${lines}; no error up to there`
  if (lines === null || lines === 0) return `there is no line ${fromLine}`
  return `only lines ${fromLine} to ${fromLine + lines - 1} were looked at; no error there`
}

function failure(gathered: Gathered, level: 'lines' | 'schema'): LevelResult | undefined {
  const { E, W } = countsOf(gathered, level)
  if (E > 0) return { state: 'failed', detail: `${plural(E, 'error')}${W === 0 ? '' : `, ${plural(W, 'warning')}`}` }
  return gathered.isStrict && W > 0
    ? { state: 'failed', detail: `${plural(W, 'warning')}, which strict mode refuses` }
    : undefined
}

/** Whatever a checker said at its level `lines` speaks against that level, under any code. */
function countsOf({ level: requested, summary }: Gathered, level: 'lines' | 'schema'): FindingCounts {
  const { lines, schema } = summary.levelCounts
  if (level === 'schema') return schema
  if (includesLevel(requested, 'schema')) return lines
  return { E: lines.E + schema.E, W: lines.W + schema.W, I: lines.I + schema.I }
}

function historyClause({ historyCounts }: FindingSummary): string {
  return historyCounts.E === 0 ? '' : `; ${plural(historyCounts.E, 'error')} from before the file was adopted`
}

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}

function trustworthyLines(lines: number, firstErrorLine: number | undefined): number {
  return firstErrorLine === undefined ? lines : Math.max(0, Math.min(lines, firstErrorLine - 1))
}
