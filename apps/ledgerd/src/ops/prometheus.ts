// The metrics page: a board as Prometheus text (exposition format 0.0.4). Values are read when the page is asked for, so
// counting costs nothing extra; histograms alone add to their buckets as values come.
import { counterHelp, gaugeHelp, histogramHelp, labelledGaugeHelp, limitHelp } from './metrics.ts'
import type { CounterName, GaugeName, LabelledGaugeName, LimitName, MetricsBoard } from './metrics.ts'

export interface MetricsPage {
  readonly contentType: string
  render(): string
}

interface Sample {
  /** What follows the family's name: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

type Kind = 'counter' | 'gauge' | 'histogram'

/** Binds a page to a board. From now on its histograms count. */
export function metricsPage(board: MetricsBoard): MetricsPage {
  const histograms = new Map(namesOf(histogramHelp).map((name) => [name, new Histogram(histogramHelp[name].buckets)]))
  board.onObserved((name, value) => histograms.get(name)?.observe(value))
  return {
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    render: () =>
      [
        ...namesOf(counterHelp).map((name) => counter(board, name)),
        ...namesOf(gaugeHelp).map((name) => gauge(board, name)),
        ...namesOf(labelledGaugeHelp).map((name) => labelledGauge(board, name)),
        errors(board),
        limits(board),
        ...[...histograms].map(([name, histogram]) => {
          return family(name, 'histogram', histogramHelp[name].help, histogram.samples())
        }),
      ].join('\n'),
  }
}

function counter(board: MetricsBoard, name: CounterName): string {
  return family(`${name}_total`, 'counter', counterHelp[name], [{ value: board.counters[name] }])
}

function gauge(board: MetricsBoard, name: GaugeName): string {
  return family(name, 'gauge', gaugeHelp[name], [{ value: board.gaugeValue(name) }])
}

function labelledGauge(board: MetricsBoard, name: LabelledGaugeName): string {
  return family(name, 'gauge', labelledGaugeHelp[name].help, board.samplesOf(name))
}

function errors(board: MetricsBoard): string {
  const samples = [...board.errors].map(([code, value]) => ({ labels: { code }, value }))
  return family('errors_total', 'counter', 'Errors answered, by code', samples)
}

/** Zeros are shown too, so that an alert can be written before the first hit. */
function limits(board: MetricsBoard): string {
  const names = namesOf(limitHelp)
  const help = names.map((name: LimitName) => `${name} (${limitHelp[name]})`).join(', ')
  const samples = names.map((limit) => ({ labels: { limit }, value: board.limits[limit] }))
  return family('limits_hit_total', 'counter', `Times that a visitor ran into a limit: ${help}`, samples)
}

/** Counts of values by upper bound. */
class Histogram {
  readonly #bounds: readonly number[]
  /** One more than bounds: the last is for values above all of them. */
  readonly #counts: number[]
  #sum = 0

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = [...bounds, Number.POSITIVE_INFINITY].map(() => 0)
  }

  observe(value: number): void {
    let at = 0
    while (at < this.#bounds.length && value > (this.#bounds[at] as number)) at++
    this.#counts[at] = (this.#counts[at] as number) + 1
    this.#sum += value
  }

  /** Each bucket counts those below it too; the last one counts all. */
  samples(): readonly Sample[] {
    let count = 0
    const buckets = this.#counts.map((own, at): Sample => {
      count += own
      const bound = this.#bounds[at]
      return { suffix: '_bucket', labels: { le: formatNumber(bound ?? Number.POSITIVE_INFINITY) }, value: count }
    })
    return [...buckets, { suffix: '_sum', value: this.#sum }, { suffix: '_count', value: count }]
  }
}

/** A family of series, ended by LF. */
function family(name: string, kind: Kind, help: string, samples: readonly Sample[]): string {
  const full = `ledgerd_${name}`
  const lines = samples.map(({ suffix = '', labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
    return `${full}${suffix}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${formatNumber(value)}\n`
  })
  return `# HELP ${full} ${escapeHelp(help)}\n# TYPE ${full} ${kind}\n${lines.join('')}`
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"')
}

function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}

function namesOf<Name extends string>(help: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(help) as Name[]
}
