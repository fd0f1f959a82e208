// The append figures as tables: ratios first, then rates, then latencies.
import type { AppendReport, AppendResult } from './append-section.ts'
import type { Contender, Level } from './contender.ts'
import { contenders, referenceNames } from './contenders/registry.ts'
import { median, pairedRatio, spread } from './statistics.ts'
import { formatCount, formatMs, formatRatio, formatTable } from './table.ts'

/** The tables in Markdown. Levels that were not measured have no column. */
export function formatAppends(report: AppendReport): string {
  const reference = referenceOf(report)
  const singles = levelsOf(report).filter((level) => level.batch === 1)
  const batches = levelsOf(report).filter((level) => level.batch > 1)
  const parts = [
    `Durable appends per second, and in brackets the ratio to ${reference?.title ?? 'nothing'} in the same round.`,
    formatRates(report, singles, reference),
    batches.length === 0 ? '' : 'Callers × batches of 64 events per call, events per second:',
    formatRates(report, batches, reference),
    singles.length === 0 ? '' : 'Time from call to receipt, p50 / p99:',
    formatLatencies(report, singles),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

/** Rates of one contender at one level, round by round; empty when it was not measured. */
export function ratesOf(report: AppendReport, name: string | undefined, level: Level): readonly number[] {
  return resultOf(report, name, level)?.rounds.map((round) => round.eventsPerSecond) ?? []
}

/** Redis, or what stands in for it. */
export function referenceOf(report: AppendReport): Contender | undefined {
  const measured = referenceNames.find((name) => report.results.some((result) => result.contender === name))
  return contenders.find((contender) => contender.name === measured)
}

function resultOf(report: AppendReport, name: string | undefined, level: Level): AppendResult | undefined {
  return report.results.find(
    (result) =>
      result.contender === name && result.level.callers === level.callers && result.level.batch === level.batch,
  )
}

function formatRates(report: AppendReport, levels: readonly Level[], reference: Contender | undefined): string {
  return formatLevels(report, levels, (name, level) => {
    const rates = ratesOf(report, name, level)
    const ratio = formatRatio(pairedRatio(rates, ratesOf(report, reference?.name, level)))
    return `${formatCount(median(rates))} ±${(spread(rates) * 100).toFixed(0)}% (${ratio})`
  })
}

function formatLatencies(report: AppendReport, levels: readonly Level[]): string {
  return formatLevels(report, levels, (name, level) => {
    const rounds = resultOf(report, name, level)?.rounds ?? []
    const p50Ms = median(rounds.map((round) => round.p50Ms))
    return `${formatMs(p50Ms)} / ${formatMs(median(rounds.map((round) => round.p99Ms)))}`
  })
}

/** One column per level; nothing when there is none. */
function formatLevels(
  report: AppendReport,
  levels: readonly Level[],
  cell: (name: string, level: Level) => string,
): string {
  if (levels.length === 0) return ''
  const titles = levels.map(({ callers, batch }) => (batch === 1 ? `${callers} in flight` : `${callers} × ${batch}`))
  return formatTable(['system', 'per receipt', ...titles], rowsOf(report, levels, cell), 2)
}

/** The levels that were measured, in the order they were. */
function levelsOf(report: AppendReport): Level[] {
  const levels = new Map(report.results.map(({ level }) => [`${level.callers} ${level.batch}`, level]))
  return [...levels.values()]
}

/** One row per contender that was measured at one of the levels, or that is missing on this machine. */
function rowsOf(
  report: AppendReport,
  levels: readonly Level[],
  cell: (name: string, level: Level) => string,
): string[][] {
  const rows: string[][] = []
  for (const { name, title, sync } of contenders) {
    const debianPackage = report.missing[name]
    if (debianPackage !== undefined) rows.push([`${title} (not installed: apt-get install ${debianPackage})`, sync])
    else if (levels.some((level) => resultOf(report, name, level) !== undefined)) {
      rows.push([title, sync, ...levels.map((level) => (resultOf(report, name, level) ? cell(name, level) : '–'))])
    }
  }
  return rows
}
