// A verification report for people and for `cut`. Every level is named with its state, and nothing is called ok without
// saying which level is meant.
import type { Finding } from '@ledgerd/schema'
import { type LevelState, levelMeanings, levels, type VerifyReport } from '@ledgerd/verify'
import { formatBytes, formatCount, formatLines, formatPlace } from './figures.ts'
import { codeWords, findingWords } from './finding-words.ts'
import { neutralize } from './neutralize.ts'
import type { Colors } from './output-flags.ts'

export interface ReportTextOptions {
  readonly colors: Colors
  readonly isExplained: boolean
  readonly isVerbose: boolean
  readonly exitCode: number
}

const warningsShown = 20
const words: Readonly<Record<LevelState, string>> = { ok: 'ok', failed: 'FAILED', 'not-checked': 'NOT CHECKED' }

/** The report as text, for stdout. */
export function formatReport(report: VerifyReport, options: ReportTextOptions): string {
  const { colors, isExplained } = options
  const lines = report.lines === null ? 'last line only' : formatLines(report.lines)
  const root = report.root === null ? '' : `   root ${report.root}`
  const out = [`${colors.bold(neutralize(report.target))}   ${lines}   ${formatBytes(report.bytes)}${root}`]
  for (const level of levels) {
    const { state, detail } = report.levels[level]
    const colored = paint(state, words[state].padEnd(11), colors)
    out.push(`  ${level.padEnd(10)} ${colored}  ${neutralize(detail)}`)
    if (!isExplained) continue
    const { proves, doesNotProve } = levelMeanings[level]
    out.push(colors.dim(`             proves: ${proves}`), colors.dim(`             does not prove: ${doesNotProve}`))
  }
  out.push(...findingLines(report, options), ...historyLines(report, options))
  if (report.coverage === 'partial' && report.fromLine === undefined)
    out.push(`stopped: only lines 1 to ${formatCount(report.lines ?? 0)} were looked at`)
  if (report.counts.E > 0) out.push(...trustLines(report))
  return `${out.join('\n')}\n`
}

/** Tab-separated, one fact a line: level rows, then finding rows. */
export function formatReportPlain(report: VerifyReport): string {
  const target = neutralize(report.target)
  const rows = levels.map((level) => [target, 'level', level, report.levels[level].state, report.levels[level].detail])
  const found = report.findings.map((one) => findingRow(target, 'finding', one))
  const history = report.history.map((one) => findingRow(target, 'history', one))
  return [...rows, ...found, ...history]
    .map((row) => `${row.map((cell) => neutralize(cell).replaceAll('\t', ' ')).join('\t')}\n`)
    .join('')
}

function findingRow(target: string, kind: string, finding: Finding): string[] {
  const { code, severity, line, offset, path = '', expected = '', found = '', message } = finding
  return [target, kind, code, severity, String(line), String(offset), path, expected, found, message]
}

function findingLines(report: VerifyReport, { colors, isVerbose }: ReportTextOptions): string[] {
  const of = (severity: string): Finding[] => report.findings.filter((finding) => finding.severity === severity)
  const errors = of('E')
  const warnings = of('W')
  const shown = isVerbose ? warnings : warnings.slice(0, warningsShown)
  const out = [...errors, ...shown].toSorted((a, b) => a.line - b.line).flatMap((one) => findingText(one, colors))
  const unlisted = report.counts.E - errors.length
  if (unlisted > 0) out.push(`  ${formatCount(unlisted)} more errors are counted but not listed`)
  const hidden = report.counts.W - shown.length
  if (hidden > 0) out.push(`  ${formatCount(hidden)} more warnings: -v shows them, --json lists them`)
  if (isVerbose) out.push(...of('I').flatMap((one) => findingText(one, colors)))
  else if (report.counts.I > 0) out.push(`  for information: ${tally(of('I'))}; -v shows where`)
  return out
}

function findingText(finding: Finding, colors: Colors): string[] {
  const { expected, found } = finding
  const head = `${formatPlace(finding)}  ${codeWords(finding, colors)}  ${findingWords(finding)}`
  return [
    head,
    ...(expected === undefined ? [] : [`    expected ${neutralize(expected)}`]),
    ...(found === undefined ? [] : [`    found    ${neutralize(found)}`]),
  ]
}

function historyLines(report: VerifyReport, { colors, isVerbose }: ReportTextOptions): string[] {
  const { E, W, I } = report.historyCounts
  if (E + W + I === 0) return []
  const head = `history, from before ledgerd took this file over, no failure: ${tally(report.history)}`
  return isVerbose ? [head, ...report.history.flatMap((one) => findingText(one, colors))] : [`${head}; -v shows where`]
}

function tally(findings: readonly Finding[]): string {
  const counts = new Map<string, number>()
  for (const { code } of findings) counts.set(code, (counts.get(code) ?? 0) + 1)
  return [...counts]
    .toSorted()
    .map(([code, count]) => `${code} ${formatCount(count)}`)
    .join(', ')
}

function trustLines(report: VerifyReport): string[] {
  const last = report.evidence.findLast((one) => one.matches)
  const good =
    last === undefined
      ? 'last good checkpoint: none'
      : `last good checkpoint: ${last.name}, ${formatLines(last.lines)}, ${formatBytes(last.bytes)}`
  const lines = report.trustworthyLines
  if (lines === null) return [good]
  return [good, lines === 0 ? 'trustworthy: no line' : `trustworthy: lines 1 to ${formatCount(lines)}`]
}

function paint(state: LevelState, text: string, colors: Colors): string {
  return state === 'ok' ? colors.green(text) : state === 'failed' ? colors.red(text) : colors.yellow(text)
}
