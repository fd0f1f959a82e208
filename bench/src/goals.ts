// What the figures must show, in the words of the project's goals, beside what this run measured.
import { ratesOf } from './append-report.ts'
import type { AppendReport } from './append-section.ts'
import type { Level } from './contender.ts'
import { judgedFloods, ratioOfP99 } from './floods-section.ts'
import { bytesEach, slowestStartMs } from './many-section.ts'
import type { BenchReport } from './report.ts'
import { ratioOf } from './rules-section.ts'
import { median, pairedRatio } from './statistics.ts'
import { formatBytes, formatCount, formatMs, formatRatio, formatTable } from './table.ts'

interface Goal {
  readonly what: string
  readonly wanted: string
  readonly measured: string
  readonly isMet: boolean
}

const single = (callers: number): Level => ({ callers, batch: 1 })
const batches: Level = { callers: 16, batch: 64 }

/** The ratios of appends: what, of whom, against whom, at least how much. */
const appendGoals: readonly (readonly [string, Level, string, string, number])[] = [
  ['1 in flight, one sync, beside Redis', single(1), 'ledgerd-one-sync', 'redis', 0.8],
  ['64 in flight, default, beside Redis', single(64), 'ledgerd', 'redis', 0.9],
  ['64 in flight, one sync, beside Redis', single(64), 'ledgerd-one-sync', 'redis', 1.1],
  ['64 in flight, default, beside the naive design', single(64), 'ledgerd', 'naive', 10],
  ['256 in flight, default, beside Redis', single(256), 'ledgerd', 'redis', 1.5],
  ['1024 in flight, default, beside Redis', single(1024), 'ledgerd', 'redis', 1.5],
  ['16 callers with batches of 64, default, beside Redis', batches, 'ledgerd', 'redis', 1.5],
]

/** The goals that this run can judge, as a table. A figure of a `--quick` run is judged too, and worth less. */
export function formatGoals(report: BenchReport): string {
  const goals = [
    ...(report.appends === undefined ? [] : judgeAppends(report.appends)),
    ...judgeRules(report),
    ...judgeFollow(report),
    ...judgeVerify(report),
    ...judgeStart(report),
    ...judgeMany(report),
    ...judgeFloods(report),
  ]
  const rows = goals.map(({ what, wanted, measured, isMet }) => [what, wanted, measured, isMet ? 'yes' : 'no'])
  return rows.length === 0 ? '' : `Goals:\n\n${formatTable(['goal', 'wanted', 'measured', 'met'], rows)}`
}

function judgeAppends(report: AppendReport): Goal[] {
  const goals: Goal[] = []
  for (const [what, level, name, reference, least] of appendGoals) {
    const ratio = pairedRatio(ratesOf(report, name, level), ratesOf(report, reference, level))
    if (Number.isNaN(ratio)) continue
    goals.push({ what, wanted: `≥ ${formatRatio(least)}`, measured: formatRatio(ratio), isMet: ratio >= least })
  }
  return goals
}

/** What invariants may cost, of the appends without them. */
const rulesRatioMin = 0.7

function judgeRules({ rules = [] }: BenchReport): Goal[] {
  return rules.map((result) => {
    const ratio = ratioOf(result)
    const what = `${result.family}, ${result.level.callers} in flight, with invariants beside without`
    return {
      what,
      wanted: `≥ ${formatRatio(rulesRatioMin)}`,
      measured: formatRatio(ratio),
      isMet: ratio >= rulesRatioMin,
    }
  })
}

function judgeFollow({ follow }: BenchReport): Goal[] {
  if (follow === undefined) return []
  const rate = median(follow.catchUp.find((run) => run.system === 'ledgerd' && run.form === 'raw')?.rates ?? [])
  const goals = [
    {
      what: 'a follower catches up, raw lines',
      wanted: '≥ 500 k/s',
      measured: `${formatCount(rate)}/s`,
      isMet: rate >= 5e5,
    },
  ]
  if (follow.stuck !== undefined) {
    const added = Math.max(follow.stuck.idleBytes, follow.stuck.stoppedBytes) - follow.stuck.beforeBytes
    goals.push({ what: '100 stuck followers', wanted: '< 50 MB', measured: formatBytes(added), isMet: added < 50e6 })
  }
  return goals
}

function judgeVerify({ verify }: BenchReport): Goal[] {
  if (verify === undefined) return []
  const perMillionMs = (median(verify.verifyMs) * 1e6) / verify.lines
  const progressMs = verify.firstProgressMs
  return [
    {
      what: 'verify 1 M lines',
      wanted: '< 10 s',
      measured: formatMs(perMillionMs),
      isMet: verify.exitCode === 0 && perMillionMs < 10_000,
    },
    {
      what: 'first progress of verify',
      wanted: '< 1.1 s',
      measured: formatMs(progressMs),
      isMet: progressMs < 1100 || (Number.isNaN(progressMs) && median(verify.verifyMs) < 1100),
    },
  ]
}

function judgeStart({ start }: BenchReport): Goal[] {
  if (start === undefined) return []
  const atMost = (what: string, ms: number, limitMs: number): Goal => ({
    what,
    wanted: `< ${formatMs(limitMs)}`,
    measured: formatMs(ms),
    isMet: ms < limitMs,
  })
  return [
    atMost(`ready on ${formatBytes(start.bytes)}, adopting it`, start.adoption.readyMs, 2000),
    atMost('the same, started again', start.restart.readyMs, 2000),
    atMost('first durable receipt, started again', start.restart.firstReceiptMs, 2000),
    atMost('ledgerd --help', median(start.helpMs), 150),
  ]
}

function judgeMany({ many }: BenchReport): Goal[] {
  if (many === undefined) return []
  const each = bytesEach(many)
  const startMs = slowestStartMs(many)
  return [
    {
      what: `memory of each of ${many.ledgers} ledgers when idle`,
      wanted: '< 1,024 bytes',
      measured: `${each.toFixed(0)} bytes`,
      isMet: each < 1024,
    },
    {
      what: `first read and first receipt of a start over ${many.ledgers} ledgers`,
      wanted: '< 1.00 s',
      measured: formatMs(startMs),
      isMet: startMs < 1000,
    },
  ]
}

/** How much longer a healthy client may wait for its receipts while others misbehave. */
const floodRatioMax = 2

function judgeFloods({ floods }: BenchReport): Goal[] {
  return judgedFloods(floods ?? []).map(({ title, during, without }) => {
    const ratio = ratioOfP99(during, without)
    return {
      what: `p99 of a healthy client beside ${title}`,
      wanted: `≤ ${formatRatio(floodRatioMax)}`,
      measured: formatRatio(ratio),
      isMet: ratio <= floodRatioMax,
    }
  })
}
