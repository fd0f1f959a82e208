// Everything one run measured, as JSON for machines and as Markdown for people.
import { formatAppends } from './append-report.ts'
import type { AppendReport } from './append-section.ts'
import { type FloodsReport, formatFloods } from './floods-section.ts'
import { formatFollow } from './follow-report.ts'
import type { FollowReport } from './follow-section.ts'
import { formatGoals } from './goals.ts'
import { formatMachine, type Machine } from './machine.ts'
import { formatMany, type ManyReport } from './many-section.ts'
import { formatRules, type RulesReport } from './rules-section.ts'
import { formatStart, type StartReport } from './start-section.ts'
import { formatVerify, type VerifyReport } from './verify-section.ts'

export interface BenchReport {
  readonly takenAt: string
  readonly machine: Machine
  readonly seed: number
  readonly isQuick: boolean
  readonly appends?: AppendReport
  readonly rules?: RulesReport
  readonly follow?: FollowReport
  readonly verify?: VerifyReport
  readonly start?: StartReport
  readonly many?: ManyReport
  readonly floods?: FloodsReport
}

/** The whole report in Markdown. Sections that were not run are absent. */
export function formatReport(report: BenchReport): string {
  const { appends, rules, follow, verify, start, many, floods } = report
  const length = report.isQuick ? 'quick rounds, for a first look only' : 'medians of alternating rounds'
  return [
    `${formatMachine(report.machine)}. Seed ${report.seed}, ${report.takenAt.slice(0, 10)}, ${length}; absolute figures drift by 2x between hours, ratios of one run do not.`,
    appends && formatAppends(appends),
    rules && formatRules(rules),
    follow && formatFollow(follow),
    verify && formatVerify(verify),
    start && formatStart(start),
    many && formatMany(many),
    floods && formatFloods(floods),
    formatGoals(report),
  ]
    .filter((part) => part !== undefined && part !== '')
    .join('\n\n')
}
