// What `ledgerd accept` says: one line for each window that is not accepted, then every metric with its counts.
import type { Acceptance, MetricVerdict } from '@ledgerd/schema-audio-jobs'
import { formatCount } from './figures.ts'
import { neutralize } from './neutralize.ts'

export interface JudgedWindow {
  readonly kind: 'acceptance'
  readonly v: 1
  readonly seq: number
  readonly job: string
  readonly phase: string
  readonly isAccepted: boolean
  /** `found` is null for what was not measured. */
  readonly metrics: readonly (Omit<MetricVerdict, 'found'> & { readonly found: string | null })[]
}

export interface AcceptSummary {
  readonly kind: 'acceptance-summary'
  readonly v: 1
  readonly target: string
  readonly windows: number
  readonly accepted: number
  readonly refused: number
  /** Review and tool rows, and windows of another version: not judged. */
  readonly others: number
  readonly unreadable: number
  readonly metrics: readonly MetricCount[]
}

export interface MetricCount {
  readonly metric: string
  readonly bound: string
  readonly isRequired: boolean
  readonly pass: number
  readonly fail: number
  readonly absent: number
}

type Counts = Record<MetricVerdict['verdict'], number>

/** Counts while lines stream by; keeps no record. */
export class AcceptTally {
  readonly #metrics: Map<string, Counts> = new Map()
  readonly #counts = { windows: 0, accepted: 0, refused: 0, others: 0, unreadable: 0 }

  take(judged: JudgedWindow | 'other' | 'unreadable'): void {
    if (judged === 'other') this.#counts.others++
    else if (judged === 'unreadable') this.#counts.unreadable++
    else {
      this.#counts.windows++
      this.#counts[judged.isAccepted ? 'accepted' : 'refused']++
      for (const { metric, verdict } of judged.metrics) {
        const counts = this.#metrics.get(metric) ?? { pass: 0, fail: 0, absent: 0 }
        counts[verdict]++
        this.#metrics.set(metric, counts)
      }
    }
  }

  /** `bounds` is any judgement under the same thresholds. */
  summary(target: string, { metrics }: Acceptance): AcceptSummary {
    const counted = metrics.map(({ metric, bound, isRequired }): MetricCount => {
      const counts = this.#metrics.get(metric) ?? { pass: 0, fail: 0, absent: 0 }
      return { metric, bound, isRequired, ...counts }
    })
    return { kind: 'acceptance-summary', v: 1, target, ...this.#counts, metrics: counted }
  }
}

/** One window that is not accepted, with what stands against it. */
export function formatVerdict({ seq, job, phase, metrics }: JudgedWindow): string {
  const against = metrics
    .filter(({ verdict, isRequired }) => verdict === 'fail' || (verdict === 'absent' && isRequired))
    .map(({ metric, found, bound }) => (found === null ? `${metric} absent` : `${metric} ${found} is not ${bound}`))
  return `seq ${seq}  ${neutralize(`${job} ${phase}`)}  not accepted: ${neutralize(against.join(', '))}\n`
}

/** The counts, metric by metric. */
export function formatSummary(summary: AcceptSummary): string {
  const { target, windows, accepted, others, unreadable, metrics } = summary
  const verdict =
    windows === 0 ? 'no window judged' : `${formatCount(accepted)} of ${formatCount(windows)} windows accepted`
  const out = [
    `${neutralize(target)}   ${verdict}`,
    ...metrics.map(({ metric, bound, isRequired, pass, fail, absent }) => {
      const counts = `pass ${formatCount(pass)}, fail ${formatCount(fail)}, absent ${formatCount(absent)}`
      return `  ${neutralize(metric.padEnd(16))} ${neutralize(bound.padEnd(10))} ${isRequired ? 'required' : 'optional'}   ${counts}`
    }),
  ]
  if (others > 0) out.push(`  ${formatCount(others)} other lines, not judged: review and tool rows, other versions`)
  if (unreadable > 0) out.push(`  ${formatCount(unreadable)} lines could not be read: ledgerd verify says which`)
  return `${out.join('\n')}\n`
}
