// The figures about followers as tables.
import type { Stuck } from './follow/stuck.ts'
import type { FollowReport } from './follow-section.ts'
import { median, pairedRatio, spread } from './statistics.ts'
import { formatBytes, formatCount, formatRatio, formatTable } from './table.ts'

const titles: Readonly<Record<string, string>> = { ledgerd: 'ledgerd', redis: 'Redis Streams' }

export function formatFollow(report: FollowReport): string {
  const parts = [formatCatchUp(report), formatFanOut(report)]
  if (report.stuck !== undefined) parts.push(formatStuck(report.stuck))
  if (!report.catchUp.some((run) => run.system === 'redis')) parts.push('No Redis here: apt-get install redis-server.')
  return parts.join('\n\n')
}

function formatCatchUp(report: FollowReport): string {
  const ratesOf = (system: string, form: string): readonly number[] =>
    report.catchUp.find((run) => run.system === system && run.form === form)?.rates ?? []
  const rows = report.catchUp.map(({ system, form, rates }) => [
    `${titles[system] ?? system}, ${form === 'raw' ? 'raw lines' : 'typed events'}`,
    `${formatCount(median(rates))} ±${(spread(rates) * 100).toFixed(0)}%`,
    formatRatio(pairedRatio(rates, ratesOf('redis', form))),
  ])
  const table = formatTable(['one follower', 'events/s', 'x Redis'], rows)
  return `Catching up with ${formatCount(report.lines)} stored events:\n\n${table}`
}

function formatFanOut(report: FollowReport): string {
  const redisOf = (followers: number): readonly number[] =>
    report.fanOut.find((run) => run.system === 'redis' && run.followers === followers)?.deliveredRates ?? []
  const rows = report.fanOut.map(({ system, followers, deliveredRates, appendRates }) => [
    `${titles[system] ?? system}, ${followers} followers`,
    formatCount(median(appendRates)),
    formatCount(median(deliveredRates)),
    formatRatio(pairedRatio(deliveredRates, redisOf(followers))),
  ])
  const table = formatTable(['live, 64 appends in flight', 'appended/s', 'delivered/s', 'x Redis'], rows)
  return `Followers on connections of their own, all in one process:\n\n${table}`
}

function formatStuck({ followers, beforeBytes, idleBytes, stoppedBytes }: Stuck): string {
  const idle = formatBytes(idleBytes - beforeBytes)
  const stopped = formatBytes(stoppedBytes - beforeBytes)
  return `${followers} followers that take nothing add ${idle} to the daemon's ${formatBytes(beforeBytes)}; with their process stopped altogether, ${stopped}.`
}
