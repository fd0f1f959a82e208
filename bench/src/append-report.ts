// The append figures as tables: ratios first, then rates, then latencies.
import { type AppendReport, type AppendResult, batchLevels, singleLevels } from './append-section.ts'
import type { Contender, Level } from './contender.ts'
import { contenders, referenceNames } from './contenders/registry.ts'
import { median, pairedRatio, spread } from './statistics.ts'
import { formatCount, formatMs, formatRatio, formatTable } from './table.ts'

/** The tables in Markdown. Levels that were not measured have no column. */
export function formatAppends(report: AppendReport): string {
  const reference = referenceOf(report)
  const parts = [
    `Durable appends per second, and in brackets the ratio to ${reference?.title ?? 'nothing'} in the same round.`,
    formatRates(report, singleLevels, reference, (level) => `${level.callers} in flight`),
    'Batches of 64 events per call, events per second:',
    formatRates(
      report,
      batchLevels,
      reference,
      (level) => `${level.callers} ${level.callers === 1 ? 'caller' : 'callers'}`,
    ),
    'Time from call to receipt, p50 / p99:',
    formatLatencies(report, singleLevels),
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

function formatRates(
  report: AppendReport,
  levels: readonly Level[],
  reference: Contender | undefined,
  title: (level: Level) => string,
): string {
  const measured = measuredLevels(report, levels)
  if (measured.length === 0) return ''
  const rows = rowsOf(report, measured, (name, level) => {
    const rates = ratesOf(report, name, level)
    const ratio = formatRatio(pairedRatio(rates, ratesOf(report, reference?.name, level)))
    return `${formatCount(median(rates))} ±${(spread(rates) * 100).toFixed(0)}% (${ratio})`
  })
  return formatTable(['system', 'per receipt', ...measured.map(title)], rows, 2)
}

function formatLatencies(report: AppendReport, levels: readonly Level[]): string {
  const measured = measuredLevels(report, levels)
  const rows = rowsOf(report, measured, (name, level) => {
    const rounds = resultOf(report, name, level)?.rounds ?? []
    const p50Ms = median(rounds.map((round) => round.p50Ms))
    return `${formatMs(p50Ms)} / ${formatMs(median(rounds.map((round) => round.p99Ms)))}`
  })
  return formatTable(['system', 'per receipt', ...measured.map((level) => `${level.callers} in flight`)], rows, 2)
}

function measuredLevels(report: AppendReport, levels: readonly Level[]): Level[] {
  return levels.filter((level) => contenders.some(({ name }) => resultOf(report, name, level) !== undefined))
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
